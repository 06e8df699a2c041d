package io.farmhand.internal.security;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a caller sends to show that it knows a token: a code under the token, of a value that only the two ends of this
 * one TLS connection know (RFC 8446, 7.5; the idea is RFC 9266's). So the token itself is in no message, no frame log and
 * no heap dump of a call, and a proof that was overheard is of no use on another connection. Stateless.
 *
 * <p>Without TLS, which is for loopback only, there is no such value: then the proof is the same for each connection, and
 * who can read the loopback of this host can replay it.
 */
final class TokenProof {
    /** The call's metadata that holds it. */
    static final Metadata.Key<byte[]> KEY = Metadata.Key.of("farm-proof-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final String LABEL = "EXPORTER-farmhand-token";
    private static final int EXPORTED_BYTES = 32;
    private static final byte[] OVER_TLS = "farmhand token over TLS:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLAIN = "farmhand token on loopback".getBytes(StandardCharsets.US_ASCII);

    private TokenProof() {}

    /**
     * Makes the proof for a connection.
     *
     * @param session the connection's; null where it has no TLS
     * @throws SSLKeyException when the session cannot give a value of its own
     */
    static byte[] of(Token token, @Nullable SSLSession session) throws SSLKeyException {
        if (session == null) {
            return token.sign(PLAIN);
        }
        if (!(session instanceof ExtendedSSLSession extended)) {
            throw new SSLKeyException("the TLS provider exports no keying material: session=" + session.getClass());
        }
        return token.sign(OVER_TLS, extended.exportKeyingMaterialData(LABEL, null, EXPORTED_BYTES));
    }

    /** Whether a proof is the right one, in a time that does not tell where it is wrong. */
    static boolean holds(Token token, @Nullable SSLSession session, byte[] proof) throws SSLKeyException {
        return MessageDigest.isEqual(of(token, session), proof);
    }
}
