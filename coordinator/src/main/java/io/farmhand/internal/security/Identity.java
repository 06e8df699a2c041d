package io.farmhand.internal.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Who a party is in TLS: its certificate and key, and the CAs whose certificates it takes from others. Immutable.
 *
 * <p>{@code farm certs} makes the files. Certificates of another CA will do when
 * <ul>
 * <li>all files are PEM, and each key is PKCS #8 without a password ({@code -----BEGIN PRIVATE KEY-----}): EC, Ed25519 or
 * RSA;
 * <li>each certificate leads to a CA in the one {@code ca.pem} that all parties have; certificates between follow in the
 * party's own file, after its own;
 * <li>each has as a subject alternative name the one URI of its role: {@code urn:farmhand:role:coordinator},
 * {@code urn:farmhand:role:worker} or {@code urn:farmhand:role:client};
 * <li>the coordinator's has, besides, each DNS name and IP address at which the others reach it;
 * <li>the extended key usage, where there is one, holds serverAuth for the coordinator and clientAuth for the others, and
 * the key usage, where there is one, digitalSignature;
 * <li>it is valid now.
 * </ul>
 */
public final class Identity {
    private static final System.Logger LOG = System.getLogger(Identity.class.getName());
    private static final Duration SOON = Duration.ofDays(30);
    private static final byte[] PROBE = "does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);

    private final Role role;
    private final List<X509Certificate> authorities;
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    /** One that nobody has checked; tests want bad ones. */
    Identity(Role role, List<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key) {
        this.role = role;
        this.authorities = List.copyOf(authorities);
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /**
     * Reads the files of a party, and checks all that could go wrong later, when nobody could say why.
     *
     * @param role what the party is to be
     * @throws SecuritySetupException naming the file and what is wrong with it
     */
    public static Identity read(CredentialFiles files, Role role) throws SecuritySetupException {
        List<X509Certificate> authorities = unexpired(files.authority());
        List<X509Certificate> chain = Pem.readCertificates(files.certificate(), role.label() + "'s certificate");
        PrivateKey key = Pem.readKey(files.key(), role.label() + "'s key");
        Identity identity = new Identity(role, authorities, chain, key);
        identity.check(files);
        return identity;
    }

    /** The CAs that can still vouch for anybody: an old one may stand in the file beside its successor. */
    private static List<X509Certificate> unexpired(Path file) throws SecuritySetupException {
        Instant now = Instant.now();
        List<X509Certificate> all = Pem.readCertificates(file, "CA's certificate");
        List<X509Certificate> valid = all.stream().filter(ca -> ca.getNotAfter().toInstant().isAfter(now)).toList();
        if (valid.isEmpty()) {
            throw new SecuritySetupException("The CA's certificate has expired: file=" + file + " expired="
                    + all.getFirst().getNotAfter().toInstant() + " now=" + now
                    + ". Make all anew: farm certs --overwrite");
        }
        return valid;
    }

    private void check(CredentialFiles files) throws SecuritySetupException {
        X509Certificate own = chain.getFirst();
        String file = "file=" + files.certificate();
        if (!belongs(own.getPublicKey())) {
            throw new SecuritySetupException(
                    "The key does not belong to the certificate: " + file + " key=" + files.key()
                            + ". Often one of the two was made anew: take both from one run of 'farm certs'");
        }
        try {
            PeerTrust.of(authorities).check(chain, role);
        } catch (CertificateException e) {
            throw new SecuritySetupException("The " + role.label() + "'s certificate will not do: " + file + " ca="
                    + files.authority() + ": " + e.getMessage(), e);
        }
        Instant end = own.getNotAfter().toInstant();
        if (Duration.between(Instant.now(), end).compareTo(SOON) < 0) {
            LOG.log(System.Logger.Level.WARNING, "The " + role.label() + "'s certificate expires soon: " + file
                    + " expires=" + end + ". A new one: farm certs --add " + role.label() + " --overwrite");
        }
    }

    /** Whether what the key signs is signed for the certificate. */
    private boolean belongs(PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) { // such as keys of two kinds
            return false;
        }
    }

    /** What this party is. */
    public Role role() {
        return role;
    }

    List<X509Certificate> authorities() {
        return authorities;
    }

    /** Its own certificate, and those that lead to a CA. */
    List<X509Certificate> chain() {
        return chain;
    }

    PrivateKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "Identity[" + role.label() + ", " + chain.getFirst().getSubjectX500Principal() + ", expires "
                + chain.getFirst().getNotAfter().toInstant() + "]";
    }
}
