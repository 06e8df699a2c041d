package io.farmhand.internal.socket;

/** Keys that both sides of a connection know. They stand in no message and no log. */
public final class Keys {
    private Keys() {}

    /** A key that nobody can guess: 32 random bytes. */
    public static byte[] random() {
        return Handshake.newKey();
    }

    /**
     * A copy of a key that is fit for use.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public static byte[] check(byte[] key) {
        if (key.length == 0) {
            throw new IllegalArgumentException("the key is empty: give both sides the same secret bytes");
        }
        return key.clone();
    }
}
