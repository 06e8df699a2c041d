package io.farmhand.internal.task;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Classes that exist in memory only and travel together: one and all of the same loader that it needs. Its encoding is
 * always the same for the same classes, so that it can be named by that.
 *
 * <pre>
 *  +-------------+--------------+----------------------------------------------+
 *  | world int64 | count  int32 | name modified UTF-8, length int32, bytes  ...|    big-endian, by name
 *  +-------------+--------------+----------------------------------------------+
 * </pre>
 *
 * @param world the number of their loader in its JVM: classes of two loaders never meet in one
 * @param classes the bytes by binary name
 */
public record ClassBundle(long world, SortedMap<String, byte[]> classes) {
    /** Takes a copy of the map. */
    public ClassBundle {
        classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
    }

    /** How long all classes are together. */
    public long sizeBytes() {
        return classes.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    /** All of it as bytes. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(world);
            out.writeInt(classes.size());
            for (Map.Entry<String, byte[]> each : classes.entrySet()) {
                out.writeUTF(each.getKey());
                out.writeInt(each.getValue().length);
                out.write(each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a class has a name that no class file has", e);
        }
        return bytes.toByteArray();
    }

    /**
     * What {@link #encode} made bytes of.
     *
     * @throws IOException when these are no such bytes
     */
    public static ClassBundle decode(byte[] encoded) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            long world = in.readLong();
            int count = in.readInt();
            SortedMap<String, byte[]> classes = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                String name = in.readUTF();
                int length = in.readInt();
                if (length < 0 || length > in.available()) {
                    throw new IOException("a class has a length out of range, length=" + length);
                }
                classes.put(name, in.readNBytes(length));
            }
            if (in.available() > 0) {
                throw new IOException("there are bytes after the last class, extraBytes=" + in.available());
            }
            return new ClassBundle(world, classes);
        }
    }
}
