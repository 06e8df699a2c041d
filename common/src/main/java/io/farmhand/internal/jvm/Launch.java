package io.farmhand.internal.jvm;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * What a child JVM is told on its standard input, first of all; single bytes may follow, each an order. The input's end
 * is the parent's death.
 *
 * <pre>
 *  +-------------+---------------+----------------+---------------+---------------+-----------------+ +-------+
 *  | frame: name | frame: number | int8: outlives | frame: outlet | frame: report | frame: function | | order | ...
 *  +-------------+---------------+----------------+---------------+---------------+-----------------+ +-------+
 * </pre>
 *
 * @param name what the child is called
 * @param number which child of its parent it is, after the parent's own number: {@code 1}, {@code 1:2}
 * @param outlivesParent whether it lives on when its parent dies
 * @param outlet the way to what other hosts keep, where the parent has one; else empty
 * @param report the file for a {@link ChildFailure}, absolute
 * @param function the encoded function, backed by an array
 */
public record Launch(String name, String number, boolean outlivesParent, String outlet, String report,
        ByteBuffer function) {
    /** The order to interrupt the main thread. */
    public static final int INTERRUPT = 1;

    /** Writes it and flushes. */
    public void write(OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to));
        Frames.write(out, name);
        Frames.write(out, number);
        out.writeBoolean(outlivesParent);
        Frames.write(out, outlet);
        Frames.write(out, report);
        Frames.write(out, function);
        out.flush();
    }

    /**
     * Reads it, and not a byte of what comes after.
     *
     * @throws java.io.EOFException when the parent died before it had sent all
     */
    public static Launch read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        return new Launch(Frames.text(in), Frames.text(in), in.readBoolean(), Frames.text(in), Frames.text(in),
                Frames.bytes(in));
    }
}
