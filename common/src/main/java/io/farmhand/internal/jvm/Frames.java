package io.farmhand.internal.jvm;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Runs of bytes, each after its length: an int32, big-endian, as {@link DataOutputStream} has it. Stateless. */
final class Frames {
    private Frames() {}

    static void write(DataOutputStream out, ByteBuffer bytes) throws IOException {
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    static void write(DataOutputStream out, String text) throws IOException {
        write(out, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws EOFException when the input ends before the frame does */
    static ByteBuffer bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a frame is cut short, length=" + length + " bytesRead=" + bytes.length);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** @throws EOFException when the input ends before the frame does */
    static String text(DataInputStream in) throws IOException {
        return StandardCharsets.UTF_8.decode(bytes(in)).toString();
    }
}
