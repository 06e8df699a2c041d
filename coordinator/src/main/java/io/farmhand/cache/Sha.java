package io.farmhand.cache;

import io.farmhand.internal.code.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A SHA-256 of values, to which they are added one by one. It belongs to one thread. */
final class Sha {
    /** Smaller calls the digest for every few values, larger is zeroed for each small hash. */
    private static final int BUFFER_BYTES = 1024;

    private final MessageDigest digest = Hashes.digest();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    private void flush() {
        digest.update(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    void putByte(byte value) {
        room(Byte.BYTES).put(value);
    }

    void putShort(short value) {
        room(Short.BYTES).putShort(value);
    }

    void putInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    /** With its length, so that two strings are not one. */
    void putString(String string) {
        int length = string.length();
        putInt(length);
        for (int i = 0; i < length; i++) {
            room(Character.BYTES).putChar(string.charAt(i));
        }
    }

    /** Without their number. */
    void putBytes(byte[] bytes) {
        putBytes(ByteBuffer.wrap(bytes));
    }

    /** Without their number; the buffer is left as it was. */
    void putBytes(ByteBuffer bytes) {
        if (bytes.remaining() <= buffer.remaining()) {
            buffer.put(bytes.duplicate());
        } else {
            flush();
            digest.update(bytes.duplicate());
        }
    }

    /** The hash of what was added; nothing is to be added after that. */
    byte[] end() {
        flush();
        return digest.digest();
    }

    /** As {@link #end}, in hexadecimal. */
    String hex() {
        return HexFormat.of().formatHex(end());
    }
}
