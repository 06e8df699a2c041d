package io.farmhand.internal.security;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The tokens that a coordinator knows, one for each role that calls it. Immutable. */
public final class Tokens {
    private final Map<Role, Token> byRole = new EnumMap<>(Role.class);

    /**
     * Holds the tokens of workers and clients.
     *
     * @throws SecuritySetupException when they are the same: then each worker could do what a client may
     */
    public Tokens(Token worker, Token client) throws SecuritySetupException {
        if (worker.isSameAs(client)) {
            throw new SecuritySetupException(
                    "The workers' token and the clients' token are the same, so that each worker "
                            + "could do what a client may. Give each role its own: 'farm certs' makes them");
        }
        byRole.put(Role.WORKER, worker);
        byRole.put(Role.CLIENT, client);
    }

    /**
     * Reads the tokens of workers and clients from a directory, with the names that {@code farm certs} gives them.
     *
     * @throws SecuritySetupException naming the file and what is wrong with it
     */
    public static Tokens in(Path directory) throws SecuritySetupException {
        return new Tokens(Token.read(CredentialFiles.token(directory, Role.WORKER)),
                Token.read(CredentialFiles.token(directory, Role.CLIENT)));
    }

    /** Whether a proof shows that the caller knows the token of this role. */
    boolean proves(Role role, byte[] proof, @Nullable SSLSession session) throws SSLKeyException {
        Token token = byRole.get(role);
        return token != null && TokenProof.holds(token, session, proof);
    }

    /** The role whose token the caller knows. */
    Optional<Role> roleOf(byte[] proof, @Nullable SSLSession session) throws SSLKeyException {
        for (Role role : byRole.keySet()) {
            if (proves(role, proof, session)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "Tokens" + byRole.keySet();
    }
}
