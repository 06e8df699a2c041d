package io.farmhand.internal.socket;

import io.farmhand.sync.AuthenticationException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How both sides show each other that they know a key, without telling it: after {@code deliver_challenge} and
 * {@code answer_challenge} of CPython's {@code multiprocessing.connection}.
 *
 * <pre>
 *   listener  -- greeting, 32 random bytes L -----------------------------&gt;  client
 *   listener  &lt;- 32 random bytes C, HMAC-SHA256(key, "client" L C) --------  client
 *   listener  -- 1, HMAC-SHA256(key, "listener" L C); or 0, and it closes -&gt;  client
 * </pre>
 *
 * <p>Unlike CPython's, each proof names its side and both random numbers, so that nobody can have a question that he was
 * asked answered by someone else.
 */
final class Handshake {
    private static final byte[] GREETING = "farmhand 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int RANDOM_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int LENGTH_BYTES = 4;
    private static final int VERDICT_BYTES = 1 + PROOF_BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALGORITHM = "HmacSHA256";

    /** How long the listener's first frame is. */
    static final int CHALLENGE_BYTES = GREETING.length + RANDOM_BYTES;
    /** How long the client's frame is, with its length. */
    static final int ANSWER_FRAME_BYTES = LENGTH_BYTES + RANDOM_BYTES + PROOF_BYTES;

    private Handshake() {}

    /** A key that nobody can guess. */
    static byte[] newKey() {
        return random();
    }

    private static byte[] random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] proof(byte[] key, String side, byte[] listeners, byte[] clients) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(side.getBytes(StandardCharsets.US_ASCII));
            mac.update(listeners);
            mac.update(clients);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static ByteBuffer framed(byte[] first, byte[] second) {
        return ByteBuffer.allocate(LENGTH_BYTES + first.length + second.length).putInt(first.length + second.length)
                .put(first).put(second).flip();
    }

    /** The listener's part in one handshake. */
    static final class Listeners {
        private final byte[] key;
        private final byte[] mine = random();

        Listeners(byte[] key) {
            this.key = key;
        }

        /** The frame to send first. */
        ByteBuffer challenge() {
            return framed(GREETING, mine);
        }

        /**
         * What to answer to the client's frame.
         *
         * @return the frame that lets it in; null if it does not know the key
         */
        @Nullable
        ByteBuffer verdict(byte[] answer) {
            byte[] theirs = Arrays.copyOf(answer, RANDOM_BYTES);
            byte[] proof = Arrays.copyOfRange(answer, RANDOM_BYTES, RANDOM_BYTES + PROOF_BYTES);
            return MessageDigest.isEqual(proof, proof(key, "client", mine, theirs))
                    ? framed(new byte[]{1}, proof(key, "listener", mine, theirs))
                    : null;
        }

        /** The frame that turns it away. */
        static ByteBuffer refusal() {
            return framed(new byte[]{0}, new byte[PROOF_BYTES]);
        }
    }

    /** The client's part in one handshake. */
    static final class Clients {
        private final byte[] key;
        private final byte[] mine = random();
        private byte[] theirs = {};

        Clients(byte[] key) {
            this.key = key;
        }

        /** What to answer to the listener's first frame, without its length. */
        ByteBuffer answer(byte[] challenge) throws AuthenticationException {
            if (challenge.length != CHALLENGE_BYTES
                    || !Arrays.equals(challenge, 0, GREETING.length, GREETING, 0, GREETING.length)) {
                throw new AuthenticationException("what listens there is not of Farmhand, or of another version");
            }
            theirs = Arrays.copyOfRange(challenge, GREETING.length, CHALLENGE_BYTES);
            return framed(mine, proof(key, "client", theirs, mine)).position(LENGTH_BYTES);
        }

        /** Looks at the listener's second frame. */
        void check(byte[] verdict) throws AuthenticationException {
            if (verdict.length == VERDICT_BYTES && verdict[0] == 0) {
                throw new AuthenticationException("the listener turned us away: the keys are not the same");
            }
            byte[] proof = verdict.length == VERDICT_BYTES ? Arrays.copyOfRange(verdict, 1, VERDICT_BYTES) : verdict;
            if (!MessageDigest.isEqual(proof, proof(key, "listener", theirs, mine))) {
                throw new AuthenticationException("what listens there does not know the key");
            }
        }
    }
}
