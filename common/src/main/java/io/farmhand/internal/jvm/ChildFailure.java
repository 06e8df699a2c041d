package io.farmhand.internal.jvm;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What ended a child JVM's function, as the child leaves it in a file for its parent.
 *
 * @param read whether the function could be read, so that it was run
 * @param type the class name of what was thrown
 * @param message its message
 * @param stack its stack in the child, as text
 * @param exception the exception as an encoded value, backed by an array; without bytes where it could not be encoded
 */
public record ChildFailure(boolean read, String type, String message, String stack, ByteBuffer exception) {
    /**
     * Writes it to a new file. Not by a channel, which the thread's interrupt flag would close.
     *
     * @throws IOException also when the parent is gone, and its directory with it
     */
    public void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new FileOutputStream(file.toFile())))) {
            out.writeBoolean(read);
            Frames.write(out, type);
            Frames.write(out, message);
            Frames.write(out, stack);
            Frames.write(out, exception);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when there is no such file, or the child died before it had written all
     */
    public static ChildFailure read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(file.toFile())))) {
            return new ChildFailure(in.readBoolean(), Frames.text(in), Frames.text(in), Frames.text(in),
                    Frames.bytes(in));
        }
    }
}
