package io.farmhand.internal.security;

import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that all parties of one role share with the coordinator, beside their certificates: who has stolen or was
 * wrongly issued a certificate has not got in yet. Immutable. It never shows its text, and does not travel: what travels
 * is a {@link TokenProof}.
 */
public final class Token {
    /** Shorter ones could be guessed, at leisure, from one proof. */
    static final int MIN_LENGTH = 32;
    static final int MAX_LENGTH = 1024;

    private static final String MAC = "HmacSHA256";
    private static final int RANDOM_BYTES = 32;

    private final byte[] text;

    private Token(byte[] text) {
        this.text = text;
    }

    /** The text of a new token, for a file: 256 random bits in 43 characters. */
    public static String newText(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Reads a token from a file: one line of {@value #MIN_LENGTH} to {@value #MAX_LENGTH} visible ASCII characters, whose
     * end of line is not part of it.
     *
     * @throws SecuritySetupException when it is missing, malformed or readable by others (see {@link CredentialFile})
     */
    public static Token read(Path file) throws SecuritySetupException {
        byte[] bytes = CredentialFile.readSecret(file, "token");
        try {
            return new Token(check(bytes, file));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] check(byte[] bytes, Path file) throws SecuritySetupException {
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
            if (length > 0 && bytes[length - 1] == '\r') {
                length--;
            }
        }
        for (int i = 0; i < length; i++) {
            if (bytes[i] <= ' ' || bytes[i] > '~') {
                throw new SecuritySetupException("The token must be one line of visible ASCII characters: file=" + file
                        + " position=" + i + ". 'farm certs' makes a good one");
            }
        }
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new SecuritySetupException("The token must have " + MIN_LENGTH + " to " + MAX_LENGTH
                    + " characters: file=" + file + " length=" + length + ". 'farm certs' makes a good one");
        }
        return Arrays.copyOf(bytes, length);
    }

    /** The message authentication code of some bytes under this token, as HMAC-SHA-256. */
    byte[] sign(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(text, MAC));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }

    /** Whether both have the same text; takes equally long wherever they differ. */
    boolean isSameAs(Token other) {
        return MessageDigest.isEqual(text, other.text);
    }

    @Override
    public String toString() {
        return "Token[not shown]";
    }
}
