package io.farmhand.internal.security;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes or refuses a peer's certificate: the JDK's rules, for the CAs given, and a reason that people can use. Who dials
 * takes a coordinator's only, before it says a word; who listens looks at roles with each call ({@link Gatekeeper}).
 * Immutable.
 *
 * <p>It names no CAs to its peers: then a client sends the certificate that it has, of whatever CA, and the log can say
 * what is wrong with it, instead of "none".
 */
final class PeerTrust extends X509ExtendedTrustManager {
    /** How TLS 1.3 names the key exchange, which has nothing to do with the certificate there. */
    private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

    private final X509ExtendedTrustManager rules;

    private PeerTrust(X509ExtendedTrustManager rules) {
        this.rules = rules;
    }

    static PeerTrust of(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("ca-" + store.size(), authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager rules) {
                    return new PeerTrust(rules);
                }
            }
            throw new KeyStoreException("the provider has no trust manager for X.509: " + factory.getProvider());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot check certificates", e);
        }
    }

    /** What of the JDK's checks is to be made. */
    private interface Check {
        void run() throws CertificateException;
    }

    /** Checks a party's own certificate as others will, but for the names by which they call. */
    void check(List<X509Certificate> own, Role role) throws CertificateException {
        X509Certificate[] chain = own.toArray(X509Certificate[]::new);
        explaining(chain, "", role == Role.COORDINATOR
                ? () -> rules.checkServerTrusted(chain, ANY_KEY_EXCHANGE)
                : () -> rules.checkClientTrusted(chain, ANY_KEY_EXCHANGE));
        Role found = roleOf(chain[0]);
        if (found != role) {
            throw new CertificateException("it is a " + found.label() + "'s, " + describe(chain[0])
                    + ". Often a file has the wrong name");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        explaining(chain, "", () -> rules.checkClientTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        explaining(chain, String.valueOf(engine.getPeerHost()),
                () -> rules.checkServerTrusted(chain, authType, engine));
        requireCoordinator(chain[0]);
    }

    private static Role roleOf(X509Certificate certificate) throws UntrustedPeerException {
        try {
            return Role.of(certificate);
        } catch (CertificateException e) {
            throw new UntrustedPeerException(Refusal.NO_ROLE, e.getMessage() + ", " + describe(certificate), e);
        }
    }

    private static void requireCoordinator(X509Certificate certificate) throws CertificateException {
        Role role = roleOf(certificate);
        if (role != Role.COORDINATOR) {
            throw new UntrustedPeerException(Refusal.OTHER_ROLE,
                    "role=" + role.label() + " wanted=" + Role.COORDINATOR.label() + " "
                            + describe(certificate),
                    new CertificateException("another role"));
        }
    }

    private static void explaining(X509Certificate[] chain, String host, Check check) throws CertificateException {
        checkDates(chain);
        try {
            check.run();
        } catch (CertificateException e) {
            throw explained(chain, host, e);
        }
    }

    /** Looks at the dates first, since the JDK's word on them comes without the date of now. */
    private static void checkDates(X509Certificate[] chain) throws CertificateException {
        Instant now = Instant.now();
        for (X509Certificate certificate : chain) {
            try {
                certificate.checkValidity(Date.from(now));
            } catch (CertificateException e) {
                boolean early = now.isBefore(certificate.getNotBefore().toInstant());
                throw new UntrustedPeerException(early ? Refusal.NOT_YET_VALID : Refusal.EXPIRED, describe(certificate)
                        + " validFrom=" + certificate.getNotBefore().toInstant() + " validUntil="
                        + certificate.getNotAfter().toInstant() + " now=" + now + (early
                                ? ". Often a clock is wrong"
                                : ". A new one: farm certs --add ROLE --overwrite"),
                        e);
            }
        }
    }

    private static UntrustedPeerException explained(X509Certificate[] chain, String host, CertificateException cause) {
        String certificate = describe(chain[0]);
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof CertPathBuilderException) {
                return new UntrustedPeerException(Refusal.UNKNOWN_CA, certificate + " issuer='"
                        + Printable.text(chain[chain.length - 1].getIssuerX500Principal().getName())
                        + "'. Often the CA was made anew, and one side has the old files", cause);
            }
        }
        if (!host.isEmpty() && cause.getCause() == null && cause.getMessage() != null
                && cause.getMessage().startsWith("No ")) { // after all else was found good
            return new UntrustedPeerException(Refusal.OTHER_NAME, "called=" + Printable.text(host) + " names="
                    + names(chain[0]) + ". Add the name: farm certs --add coordinator --overwrite --host NAME", cause);
        }
        return new UntrustedPeerException(Refusal.BAD_CERTIFICATE, certificate + " why='"
                + Printable.text(cause.getMessage()) + "'", cause);
    }

    private static String describe(X509Certificate certificate) {
        return "certificate='" + Printable.text(certificate.getSubjectX500Principal().getName()) + "'";
    }

    private static String names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? "none"
                    : Printable.text(names.stream().map(name -> String.valueOf(name.get(1))).toList().toString());
        } catch (CertificateException e) {
            return "unreadable";
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    // ---- never called: connections are by SSLEngine ----

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no engine");
    }
}
