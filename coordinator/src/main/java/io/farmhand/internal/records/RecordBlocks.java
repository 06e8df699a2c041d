package io.farmhand.internal.records;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into blocks of whole records. Never holds more than a block and the longest record allowed. Owned by the
 * thread that pulls.
 *
 * <p>A block has the bytes asked for, less those of the record that is begun last; where a single record is longer, twice as
 * many, and so on, as GNU parallel has it.
 */
public final class RecordBlocks implements Closeable {
    /** How long a block can be. */
    public static final long MOST_BLOCK_BYTES = 1 << 30;

    private static final int FIRST_BYTES = 1 << 16;

    private final InputStream in;
    private final RecordFormat format;
    private final Encoding encoding;
    private final int blockBytes;
    private final long maxRecordBytes;
    private final RecordScanner scanner;
    private byte[] bytes;
    private int size;
    private int scanned;
    private boolean ended;
    /** How many bytes came before those in the buffer. */
    private long dropped;
    private long firstLine = 1;

    /**
     * Makes a cutter.
     *
     * @param in stands at the beginning of a record, behind the byte order mark; closed with this
     * @param blockBytes how long a block is to be, from 1 to 2^30
     * @param maxRecordBytes how long a record may be
     */
    public RecordBlocks(InputStream in, RecordFormat format, Encoding encoding, long blockBytes, long maxRecordBytes) {
        if (blockBytes < 1 || blockBytes > MOST_BLOCK_BYTES) {
            throw new IllegalArgumentException("blockBytes=" + blockBytes + " is not 1 to " + MOST_BLOCK_BYTES);
        }
        this.in = in;
        this.format = format;
        this.encoding = encoding;
        this.blockBytes = (int) blockBytes;
        this.maxRecordBytes = Math.min(maxRecordBytes, MOST_BLOCK_BYTES);
        this.scanner = RecordScanner.ofText(new Syntax(format, encoding));
        this.bytes = new byte[(int) Math.min(blockBytes, FIRST_BYTES)];
    }

    /**
     * The next block, or null at the end. The records before one that cannot be had come first.
     *
     * @throws RecordException when a record is too long, or the last has a quote that is never closed
     */
    public @Nullable RecordBlock next() throws IOException {
        int target = blockBytes;
        while (true) {
            fill(target);
            int whole = size - size % encoding.unitBytes();
            scanner.scan(bytes, scanned, whole, dropped + scanned);
            scanned = whole;
            Passage found = scanner.passage();
            int last = found.lastStart() < dropped ? 0 : (int) (found.lastStart() - dropped);
            boolean unclosed = ended && found.exit() == Syntax.QUOTED;
            if (last > 0 && (unclosed || size - last > maxRecordBytes)) {
                return take(last, 1 + found.lastLine());
            }
            if (size - last > maxRecordBytes) {
                throw RecordException.tooLong(1 + found.lastLine(), maxRecordBytes, found.exit() == Syntax.QUOTED);
            }
            if (unclosed) {
                throw RecordException.unclosed(1 + found.lastLine());
            }
            if (ended) {
                return size == 0 ? null : take(size, firstLine);
            }
            if (last > 0) {
                return take(last, 1 + found.lastLine());
            }
            target = size + blockBytes;
        }
    }

    private RecordBlock take(int length, long nextLine) {
        RecordBlock block = new RecordBlock(Arrays.copyOf(bytes, length), format, encoding, firstLine);
        System.arraycopy(bytes, length, bytes, 0, size - length);
        size -= length;
        scanned = Math.max(0, scanned - length);
        dropped += length;
        firstLine = nextLine;
        return block;
    }

    private void fill(int target) throws IOException {
        while (!ended && size < target) {
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(2L * size, 2), Integer.MAX_VALUE - 8L));
            }
            int count = in.read(bytes, size, Math.min(bytes.length, target) - size);
            ended = count < 0;
            size += Math.max(0, count);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
