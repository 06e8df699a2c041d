package io.farmhand.internal.authority;

import io.farmhand.internal.security.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/**
 * A private CA: makes certificates for the parties of one cluster. Keys are EC P-256, signatures ECDSA with SHA-256, all
 * by the JDK; Bouncy Castle writes the certificates. Immutable.
 */
public final class Authority {
    private static final String CURVE = "secp256r1";
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final String ORGANIZATION = "Farmhand";
    /** How far the clocks of two hosts may be apart. */
    private static final Duration SLACK = Duration.ofDays(1);
    /** Positive, and within the 20 bytes that RFC 5280, 4.1.2.2, allows. */
    private static final int SERIAL_BITS = 159;
    /** RFC 7093, method 1: the first 160 bits of the key's SHA-256. */
    private static final int KEY_IDENTIFIER_BYTES = 20;

    private final Issued own;
    private final SecureRandom random;

    private Authority(Issued own, SecureRandom random) {
        this.own = own;
        this.random = random;
    }

    /** An authority with the certificate and key that were kept of it. */
    public static Authority of(Issued own, SecureRandom random) {
        if (!own.key().getAlgorithm().equals("EC")) {
            throw new IllegalArgumentException("the CA's key must be EC: algorithm=" + own.key().getAlgorithm());
        }
        return new Authority(own, random);
    }

    /** A new authority, valid from some minutes ago. */
    public static Authority create(Instant now, Duration lifetime, SecureRandom random) {
        KeyPair keys = newKeys(random);
        X500Name name = name("Farmhand CA " + Integer.toHexString(random.nextInt()));
        Template template = new Template(name, name, keys.getPublic(), now.minus(SLACK), now.plus(lifetime));
        List<Extension> extensions = new ArrayList<>();
        try {
            extensions.add(extension(Extension.basicConstraints, true, new BasicConstraints(0)));
            extensions.add(extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)));
            extensions.add(extension(Extension.subjectKeyIdentifier, false,
                    new SubjectKeyIdentifier(keyIdentifier(keys.getPublic()))));
        } catch (IOException e) {
            throw new IllegalStateException("a certificate cannot be written", e);
        }
        X509Certificate certificate = sign(template, extensions, keys.getPrivate(), keys.getPublic(), random);
        return new Authority(new Issued(certificate, keys.getPrivate()), random);
    }

    /** Its own certificate and key. */
    public Issued own() {
        return own;
    }

    /**
     * Makes a certificate for a party, with a new key. It does not outlive the authority's own.
     *
     * @param name of the party, for people
     * @param hosts by which it is called; none for one that only calls
     */
    public Issued issue(Role role, String name, List<HostName> hosts, Instant now, Duration lifetime) {
        Instant end = own.certificate().getNotAfter().toInstant();
        Instant wanted = now.plus(lifetime);
        return issue(role.uri(), role == Role.COORDINATOR, name, hosts, now.minus(SLACK),
                wanted.isBefore(end) ? wanted : end);
    }

    /** Makes a certificate of any kind; tests want bad ones. */
    Issued issue(String uri, boolean server, String name, List<HostName> hosts, Instant from, Instant until) {
        return issue(uri, server, name, hosts, from, until, newKeys(random));
    }

    /** Makes a certificate for a key of any kind, as users bring it. */
    Issued issue(String uri, boolean server, String name, List<HostName> hosts, Instant from, Instant until,
            KeyPair keys) {
        X500Name issuer = X500Name.getInstance(own.certificate().getSubjectX500Principal().getEncoded());
        Template template = new Template(issuer, name(name), keys.getPublic(), from,
                until);
        List<Extension> extensions = new ArrayList<>();
        try {
            extensions.add(extension(Extension.basicConstraints, true, new BasicConstraints(false)));
            extensions.add(extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)));
            extensions.add(extension(Extension.extendedKeyUsage, false,
                    new ExtendedKeyUsage(server ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth)));
            extensions.add(extension(Extension.subjectKeyIdentifier, false,
                    new SubjectKeyIdentifier(keyIdentifier(keys.getPublic()))));
            extensions.add(extension(Extension.authorityKeyIdentifier, false,
                    new AuthorityKeyIdentifier(keyIdentifier(own.certificate().getPublicKey()))));
            extensions.add(extension(Extension.subjectAlternativeName, false, names(uri, hosts)));
        } catch (IOException e) {
            throw new IllegalStateException("a certificate cannot be written", e);
        }
        X509Certificate certificate = sign(template, extensions, own.key(), own.certificate().getPublicKey(), random);
        return new Issued(certificate, keys.getPrivate());
    }

    private record Template(X500Name issuer, X500Name subject, PublicKey key, Instant from, Instant until) {}

    private static X500Name name(String common) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.O, ORGANIZATION).addRDN(BCStyle.CN, common).build();
    }

    private static GeneralNames names(String uri, List<HostName> hosts) {
        List<GeneralName> names = new ArrayList<>();
        if (!uri.isEmpty()) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        }
        for (HostName host : hosts) {
            names.add(host.address() == null
                    ? new GeneralName(GeneralName.dNSName, host.text())
                    : new GeneralName(GeneralName.iPAddress, new DEROctetString(host.address().getAddress())));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static Extension extension(ASN1ObjectIdentifier kind, boolean critical,
            ASN1Object value) throws IOException {
        return new Extension(kind, critical, value.getEncoded("DER"));
    }

    private static KeyPair newKeys(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + CURVE, e);
        }
    }

    private static byte[] keyIdentifier(PublicKey key) {
        try {
            byte[] bits = SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes();
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bits), KEY_IDENTIFIER_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static X509Certificate sign(Template template, List<Extension> extensions, PrivateKey signer,
            PublicKey verifier, SecureRandom random) {
        BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
        // X.509 knows whole seconds.
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(template.issuer, serial,
                Date.from(template.from.truncatedTo(ChronoUnit.SECONDS)),
                Date.from(template.until.truncatedTo(ChronoUnit.SECONDS)), template.subject,
                SubjectPublicKeyInfo.getInstance(template.key.getEncoded()));
        try {
            for (Extension extension : extensions) {
                builder.addExtension(extension);
            }
            byte[] encoded = builder.build(new JdkSigner(signer)).getEncoded();
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded));
            certificate.verify(verifier);
            return certificate;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate cannot be signed", e);
        }
    }

    /** Signs with the JDK's ECDSA: Bouncy Castle's own signers would bring the rest of it along. */
    private static final class JdkSigner implements ContentSigner {
        private final PrivateKey key;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        JdkSigner(PrivateKey key) {
            this.key = key;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            try {
                Signature signature = Signature.getInstance(SIGNATURE);
                signature.initSign(key);
                signature.update(content.toByteArray());
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java cannot sign with " + SIGNATURE, e);
            }
        }
    }
}
