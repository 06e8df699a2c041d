package io.farmhand.internal.security;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Makes the TLS of both ends: version 1.3 and nothing older, by the JDK, with certificates on both sides. Stateless.
 *
 * <p>No session is resumed: a resumed one would be let in without a look at its certificate, which may have expired since.
 * The JDK has no switch for that in the reach of one context, but it gives out no ticket that would live longer than RFC
 * 8446 allows, so a session here is asked to.
 */
public final class Tls {
    private static final String[] VERSIONS = {"TLSv1.3"};
    /** One day more than RFC 8446, 4.6.1, allows a ticket to live. */
    private static final long NO_TICKETS_SECONDS = TimeUnit.DAYS.toSeconds(8);

    private Tls() {}

    /** The TLS of a coordinator, who takes no peer without a certificate. */
    public static SslContext server(Identity identity) {
        return build(SslContextBuilder.forServer(identity.key(), chain(identity)).clientAuth(ClientAuth.REQUIRE)
                .sessionTimeout(NO_TICKETS_SECONDS), identity);
    }

    /** The TLS of a party that dials; it wants a coordinator's certificate, for the name that it dials. */
    public static SslContext client(Identity identity) {
        return build(SslContextBuilder.forClient().keyManager(identity.key(), chain(identity)), identity);
    }

    private static SslContext build(SslContextBuilder builder, Identity identity) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols(VERSIONS)
                    .trustManager(PeerTrust.of(identity.authorities())).build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up: " + identity, e);
        }
    }

    private static X509Certificate[] chain(Identity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }
}
