package io.farmhand.cache;

import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A file with a result, open for reading. It says by itself whether it is whole. All numbers are little-endian:
 *
 * <pre>
 *   0          4      5      6        8             16           24           32          40          44       48
 *  +----------+------+------+--------+-------------+------------+------------+-----------+-----------+--------+
 *  | "FHMC"   | ver  | kind | nothing| stored      | took       | bytes      | plain     | crc of    | text   |
 *  |          | int8 | int8 | int16  | ms    int64 | ns   int64 | int64      | bytes     | the bytes | bytes  |
 *  |          |      |      |        |             |            |            | int64     | int32     | int32  |
 *  +----------+------+------+--------+-------------+------------+------------+-----------+-----------+--------+
 *
 *   48         52        52+text      a multiple of 64           +bytes
 *  +----------+---------+-----------+---------------------------+
 *  | crc of   | text    | nothing   | bytes: the result         |
 *  | all that | UTF-8   |           |                           |
 *  | is before|         |           |                           |
 *  +----------+---------+-----------+---------------------------+
 * </pre>
 *
 * <p>The crc at 48 is of the bytes from 0 to 48 and of the text, which is the function and, behind a line break, the
 * arguments in short. Checksums are CRC-32C: against damage, not against malice.
 *
 * <p>It reads by a {@link RandomAccessFile}, since an interrupt of a thread that reads by a channel closes that.
 */
final class EntryFile implements Closeable {
    /** The bytes are a value, as workers send it. */
    private static final byte VALUE = 1;
    /** The same, compressed by zlib. */
    private static final byte DEFLATED = 2;
    /** The bytes of an array, in the order of this host or the other one. */
    private static final byte LITTLE_ENDIAN_ARRAY = 3;
    private static final byte BIG_ENDIAN_ARRAY = 4;
    private static final byte NATIVE_ARRAY = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? LITTLE_ENDIAN_ARRAY
            : BIG_ENDIAN_ARRAY;

    private static final int MAGIC = 'F' | 'H' << 8 | 'M' << 16 | 'C' << 24;
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 52;
    private static final int HEAD_CRC_AT = 48;
    /** Of a cache line, so that vectors of any width are aligned. */
    private static final int ALIGNMENT = 64;
    private static final int MAX_TEXT_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 16;

    private final RandomAccessFile file;
    private final byte kind;
    private final long sizeBytes;
    private final long plainBytes;
    private final int crc;
    private final long start;
    private final CacheEntry about;

    /** A file that is there, and is no whole result. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private EntryFile(RandomAccessFile file, ByteBuffer head, String text, long start) {
        this.file = file;
        this.kind = head.get(5);
        this.sizeBytes = head.getLong(24);
        this.plainBytes = head.getLong(32);
        this.crc = head.getInt(40);
        this.start = start;
        int line = text.indexOf('\n');
        this.about = new CacheEntry(line < 0 ? text : text.substring(0, line), text.substring(line + 1),
                Duration.ofNanos(head.getLong(16)), Instant.ofEpochMilli(head.getLong(8)), sizeBytes);
    }

    // ---- reading ----

    /**
     * Opens one, and reads what it says of itself.
     *
     * @return null when there is none
     * @throws DamagedException when it is none, or not whole as far as its length tells
     * @throws IOException when it cannot be read
     */
    static @Nullable EntryFile open(Path path) throws IOException, DamagedException {
        RandomAccessFile file;
        try {
            file = new RandomAccessFile(path.toFile(), "r");
        } catch (FileNotFoundException e) {
            if (Files.isDirectory(path)) {
                throw new DamagedException("it is a directory", e);
            }
            if (!Files.exists(path)) {
                return null;
            }
            throw e;
        }
        EntryFile opened = null;
        try {
            opened = read(file);
            return opened;
        } finally {
            if (opened == null) {
                file.close();
            }
        }
    }

    private static EntryFile read(RandomAccessFile file) throws IOException, DamagedException {
        long length = file.length();
        if (length < HEAD_BYTES) {
            throw new DamagedException("it is cut short, bytes=" + length, null);
        }
        byte[] first = new byte[HEAD_BYTES];
        file.readFully(first);
        ByteBuffer head = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
        if (head.getInt(0) != MAGIC || head.get(4) != VERSION) {
            throw new DamagedException("it does not begin as a result does", null);
        }
        int textBytes = head.getInt(44);
        if (textBytes < 0 || textBytes > Math.min(MAX_TEXT_BYTES, length - HEAD_BYTES)) {
            throw new DamagedException("its head is damaged", null);
        }
        byte[] text = new byte[textBytes];
        file.readFully(text);
        if (head.getInt(HEAD_CRC_AT) != headCrc(first, text)) {
            throw new DamagedException("its head is damaged", null);
        }
        long start = start(textBytes);
        if (start + head.getLong(24) != length) {
            throw new DamagedException("its length is wrong, bytes=" + length + " expected="
                    + (start + head.getLong(24)), null);
        }
        return new EntryFile(file, head, new String(text, StandardCharsets.UTF_8), start);
    }

    private static int headCrc(byte[] head, byte[] text) {
        CRC32C crc = new CRC32C();
        crc.update(head, 0, HEAD_CRC_AT);
        crc.update(text);
        return (int) crc.getValue();
    }

    private static long start(int textBytes) {
        return Math.ceilDiv(HEAD_BYTES + textBytes, ALIGNMENT) * (long) ALIGNMENT;
    }

    /** What it says of itself. */
    CacheEntry about() {
        return about;
    }

    /**
     * Reads all of it once.
     *
     * @throws DamagedException when it is not what was written
     */
    void check() throws IOException, DamagedException {
        CRC32C actual = new CRC32C();
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, sizeBytes))];
        file.seek(start);
        for (long left = sizeBytes; left > 0;) {
            int count = file.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new DamagedException("it was cut short while it was read", null);
            }
            actual.update(buffer, 0, count);
            left -= count;
        }
        checkCrc(actual);
    }

    private void checkCrc(CRC32C actual) throws DamagedException {
        if ((int) actual.getValue() != crc) {
            throw new DamagedException("its checksum is wrong", null);
        }
    }

    /**
     * The result.
     *
     * @param loader where classes are looked for first
     * @throws DamagedException when it is not what was written, or makes no value here
     * @throws InterruptedException when interrupted while it is mapped
     */
    @Nullable
    Object value(ClassLoader loader) throws IOException, DamagedException, InterruptedException {
        if (kind == LITTLE_ENDIAN_ARRAY || kind == BIG_ENDIAN_ARRAY) {
            return map();
        }
        if (sizeBytes > Integer.MAX_VALUE - 8 || plainBytes > Integer.MAX_VALUE - 8) {
            throw new DamagedException("its head is damaged", null);
        }
        byte[] bytes = new byte[(int) sizeBytes];
        file.seek(start);
        file.readFully(bytes);
        CRC32C actual = new CRC32C();
        actual.update(bytes);
        checkCrc(actual);
        byte[] plain = kind == DEFLATED ? inflated(bytes) : bytes;
        try {
            return ValueReader.trusting(loader).read(ByteBuffer.wrap(plain));
        } catch (UnreadableValueException e) {
            throw new DamagedException(String.valueOf(e.getMessage()), e);
        }
    }

    private byte[] inflated(byte[] bytes) throws DamagedException {
        byte[] plain = new byte[(int) plainBytes];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            int at = 0;
            while (at < plain.length) {
                int count = inflater.inflate(plain, at, plain.length - at);
                if (count == 0) {
                    throw new DamagedException("its compressed bytes end too early", null);
                }
                at += count;
            }
            return plain;
        } catch (DataFormatException e) {
            throw new DamagedException("its compressed bytes are damaged", e);
        } finally {
            inflater.end();
        }
    }

    private MemorySegment map() throws IOException, DamagedException, InterruptedException {
        if (kind != NATIVE_ARRAY) {
            throw new DamagedException("its numbers have the byte order of another host", null);
        }
        check(); // by reading: an error in the middle of a mapping may end the JVM
        try {
            return file.getChannel().map(MapMode.READ_ONLY, start, sizeBytes, Arena.ofAuto());
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted(); // which this exception now tells
            throw new InterruptedException("interrupted while a result was mapped");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    // ---- writing ----

    /**
     * What is to be written.
     *
     * @param mapped the bytes of an array; null for a value
     * @param value the encoded value; without bytes for an array
     * @param compression of the value: 0 for none, or zlib's level
     */
    record Content(@Nullable MemorySegment mapped, ByteBuffer value, int compression) {}

    /**
     * Writes a file, which must not be there.
     *
     * @param function and method
     * @param arguments in short
     * @return what it says of itself
     * @throws IOException when the disk is full, for example
     */
    static CacheEntry write(Path path, Content content, String function, String arguments, long tookNanos)
            throws IOException {
        byte[] text = (function + "\n" + arguments).getBytes(StandardCharsets.UTF_8);
        long storedMillis = System.currentTimeMillis();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long start = start(text.length);
            file.seek(start);
            CheckedOutput out = new CheckedOutput(file);
            write(content, out);
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            MemorySegment mapped = content.mapped();
            head.putInt(MAGIC).put(VERSION).put(
                    mapped != null ? NATIVE_ARRAY : content.compression() > 0 ? DEFLATED : VALUE);
            head.putLong(8, storedMillis).putLong(16, tookNanos).putLong(24, out.count)
                    .putLong(32, mapped != null ? mapped.byteSize() : content.value().remaining())
                    .putInt(40, (int) out.crc.getValue()).putInt(44, text.length);
            head.putInt(HEAD_CRC_AT, headCrc(head.array(), text));
            if (file.length() < start) {
                file.setLength(start); // of an array without elements
            }
            file.seek(0);
            file.write(head.array());
            file.write(text);
            return new CacheEntry(function, arguments, Duration.ofNanos(tookNanos),
                    Instant.ofEpochMilli(storedMillis), out.count);
        }
    }

    private static void write(Content content, CheckedOutput out) throws IOException {
        MemorySegment mapped = content.mapped();
        if (mapped != null) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long at = 0; at < mapped.byteSize(); at += buffer.length) {
                int count = (int) Math.min(buffer.length, mapped.byteSize() - at);
                MemorySegment.copy(mapped, ValueLayout.JAVA_BYTE, at, buffer, 0, count);
                out.write(buffer, 0, count);
            }
            return;
        }
        ByteBuffer value = content.value();
        if (content.compression() == 0) {
            out.write(value.array(), value.arrayOffset() + value.position(), value.remaining());
            return;
        }
        Deflater deflater = new Deflater(content.compression());
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater, BUFFER_BYTES)) {
            deflated.write(value.array(), value.arrayOffset() + value.position(), value.remaining());
        } finally {
            deflater.end();
        }
    }

    /** Counts and sums up what goes to a file; closing it leaves that open. */
    private static final class CheckedOutput extends OutputStream {
        final CRC32C crc = new CRC32C();
        long count;
        private final RandomAccessFile file;

        CheckedOutput(RandomAccessFile file) {
            this.file = file;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(bytes, offset, length);
            crc.update(bytes, offset, length);
            count += length;
        }
    }
}
