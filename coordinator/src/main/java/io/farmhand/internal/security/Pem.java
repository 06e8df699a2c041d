package io.farmhand.internal.security;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes the text form of certificates and keys (RFC 7468). Stateless. */
public final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    /** The text of a certificate. */
    public static String text(X509Certificate certificate) {
        try {
            return text(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /** The text of a private key, as PKCS #8. */
    public static String text(PrivateKey key) {
        return text(KEY, key.getEncoded());
    }

    private static String text(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(LINE_LENGTH, new byte[]{'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }

    /** Reads a file of one certificate or more. */
    public static List<X509Certificate> readCertificates(Path file, String what) throws SecuritySetupException {
        String text = new String(CredentialFile.readPublic(file, what), StandardCharsets.ISO_8859_1);
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals(CERTIFICATE)) {
                certificates.add(certificate(blocks.group(2), file, what));
            }
        }
        if (certificates.isEmpty()) {
            throw new SecuritySetupException("The " + what + " holds no certificate: file=" + file
                    + ". It must be PEM: text with the line -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    private static X509Certificate certificate(String content, Path file, String what) throws SecuritySetupException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(content)));
        } catch (CertificateException | IllegalArgumentException e) {
            throw new SecuritySetupException("The " + what + " holds a damaged certificate: file=" + file + ": "
                    + e.getMessage(), e);
        }
    }

    /** Reads a file of one private key, which nobody but its owner may read. */
    public static PrivateKey readKey(Path file, String what) throws SecuritySetupException {
        String text = new String(CredentialFile.readSecret(file, what), StandardCharsets.ISO_8859_1);
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals(KEY)) {
                return key(blocks.group(2), file, what);
            }
            if (blocks.group(1).endsWith(KEY)) {
                throw new SecuritySetupException("The " + what + " has a form that Java does not read: file=" + file
                        + " form=" + blocks.group(1)
                        + ". Change it to plain PKCS #8: openssl pkcs8 -topk8 -nocrypt -in "
                        + file + " -out NEWFILE");
            }
        }
        throw new SecuritySetupException("The " + what + " holds no key: file=" + file
                + ". It must be PEM: text with the line -----BEGIN PRIVATE KEY-----");
    }

    /** No message of a failed decoder is passed on: it may quote the key. */
    private static PrivateKey key(String content, Path file, String what) throws SecuritySetupException {
        try {
            PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(content));
            for (String kind : KEY_KINDS) {
                PrivateKey key = key(kind, encoded);
                if (key != null) {
                    return key;
                }
            }
        } catch (NoSuchAlgorithmException | IllegalArgumentException _) {
            throw damaged(file, what);
        }
        throw damaged(file, what);
    }

    /** The key, or null if it is of another kind. */
    private static @Nullable PrivateKey key(String kind, PKCS8EncodedKeySpec encoded) throws NoSuchAlgorithmException {
        try {
            return KeyFactory.getInstance(kind).generatePrivate(encoded);
        } catch (InvalidKeySpecException _) {
            return null;
        }
    }

    private static SecuritySetupException damaged(Path file, String what) {
        return new SecuritySetupException(
                "The " + what + " is damaged, or of another kind than " + KEY_KINDS + ": file="
                        + file);
    }
}
