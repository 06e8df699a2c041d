package io.farmhand.internal.security;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call through when the caller's certificate has a role that may make it, and the caller knows that role's token;
 * each call, of each method. Whom it lets through is the call's {@link Peer#current()}. Of a call that is refused nothing
 * is read but its headers, and nothing is kept.
 *
 * <p>On a server without TLS, which listens on loopback only, the role is the one whose token the caller knows.
 */
public final class Gatekeeper implements ServerInterceptor {
    private final Rights rights;
    private final Tokens tokens;
    private final boolean tls;
    private final RefusalLog log;

    /**
     * Makes one.
     *
     * @param tls whether the server has TLS: then no call without it is let through
     */
    public Gatekeeper(Rights rights, Tokens tokens, boolean tls, RefusalLog log) {
        this.rights = rights;
        this.tokens = tokens;
        this.tls = tls;
        this.log = log;
    }

    /** What is thought of a call. */
    private sealed interface Verdict {
        /** It goes on. */
        record Admitted(Peer peer) implements Verdict {}

        /** It ends here. */
        record Refused(Refusal refusal, Status.Code code, String detail) implements Verdict {}
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        Attributes connection = call.getAttributes();
        SocketAddress address = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        byte[] proof = headers.get(TokenProof.KEY);
        headers.discardAll(TokenProof.KEY);
        String method = call.getMethodDescriptor().getFullMethodName();
        switch (judge(method, connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION), proof, address)) {
            case Verdict.Admitted(Peer peer) -> {
                GuardedConnection guarded = connection.get(GuardedConnection.ATTRIBUTE);
                if (guarded != null) {
                    guarded.admit();
                }
                return Contexts.interceptCall(Context.current().withValue(Peer.CALLER, peer), call, headers, next);
            }
            case Verdict.Refused(Refusal refusal, Status.Code code, String detail) -> {
                log.refused(address, refusal, detail);
                call.close(
                        code.toStatus().withDescription("The coordinator refuses the caller: " + refusal.text() + ": "
                                + detail),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
        }
    }

    private Verdict judge(String method, @Nullable SSLSession session, byte @Nullable [] proof,
            @Nullable SocketAddress address) {
        String called = "method=" + method;
        Set<Role> callers = rights.callers(method);
        if (address == null || (tls && session == null)) {
            return new Verdict.Refused(Refusal.NOT_TLS, Status.Code.UNAUTHENTICATED, called);
        }
        if (callers.isEmpty()) {
            return new Verdict.Refused(Refusal.NOBODYS_METHOD, Status.Code.PERMISSION_DENIED, called);
        }
        try {
            return session == null
                    ? judgeByToken(called, callers, proof, address)
                    : judgeByCertificate(called, callers, session, proof, address);
        } catch (CertificateException e) {
            return new Verdict.Refused(Refusal.NO_ROLE, Status.Code.PERMISSION_DENIED, called + ". " + e.getMessage());
        } catch (SSLException e) {
            return new Verdict.Refused(Refusal.BROKEN_HANDSHAKE, Status.Code.UNAUTHENTICATED, called + " why='"
                    + Printable.text(e.getMessage()) + "'");
        }
    }

    private Verdict judgeByCertificate(String called, Set<Role> callers, SSLSession session, byte @Nullable [] proof,
            SocketAddress address) throws CertificateException, SSLException {
        Certificate[] chain = session.getPeerCertificates();
        if (!(chain[0] instanceof X509Certificate certificate)) {
            throw new CertificateException("it is no X.509 certificate");
        }
        Role role = Role.of(certificate);
        String caller = called + " role=" + role.label();
        if (!callers.contains(role)) {
            return new Verdict.Refused(Refusal.OTHER_ROLE, Status.Code.PERMISSION_DENIED, caller + " callers="
                    + labels(callers));
        }
        if (proof == null) {
            return new Verdict.Refused(Refusal.NO_TOKEN, Status.Code.UNAUTHENTICATED, caller);
        }
        if (!tokens.proves(role, proof, session)) {
            return new Verdict.Refused(Refusal.WRONG_TOKEN, Status.Code.UNAUTHENTICATED, caller
                    + ". Often one side has the old file " + role.label() + ".token");
        }
        return new Verdict.Admitted(new Peer(role, commonName(certificate, role), address));
    }

    private Verdict judgeByToken(String called, Set<Role> callers, byte @Nullable [] proof, SocketAddress address)
            throws SSLException {
        if (proof == null) {
            return new Verdict.Refused(Refusal.NO_TOKEN, Status.Code.UNAUTHENTICATED, called);
        }
        Role role = tokens.roleOf(proof, null).orElse(null);
        if (role == null) {
            return new Verdict.Refused(Refusal.WRONG_TOKEN, Status.Code.UNAUTHENTICATED, called);
        }
        return callers.contains(role)
                ? new Verdict.Admitted(new Peer(role, role.label(), address))
                : new Verdict.Refused(Refusal.OTHER_ROLE, Status.Code.PERMISSION_DENIED,
                        called + " role=" + role.label()
                                + " callers=" + labels(callers));
    }

    private static String labels(Set<Role> roles) {
        return roles.stream().map(Role::label).toList().toString();
    }

    private static String commonName(X509Certificate certificate, Role role) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().stream()
                    .filter(part -> part.getType().equalsIgnoreCase("CN"))
                    .map(part -> Printable.text(String.valueOf(part.getValue()))).findFirst().orElse(role.label());
        } catch (InvalidNameException _) {
            return role.label();
        }
    }
}
