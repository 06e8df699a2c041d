package io.farmhand.internal.records;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;

/** Whole records that follow each other in a stream, as bytes. It is serializable, so that a worker can read it. */
public final class RecordBlock implements Serializable {
    private static final long serialVersionUID = 1;

    private final byte[] bytes;
    private final RecordFormat format;
    private final Encoding encoding;
    private final long firstLine;

    RecordBlock(byte[] bytes, RecordFormat format, Encoding encoding, long firstLine) {
        this.bytes = bytes;
        this.format = format;
        this.encoding = encoding;
        this.firstLine = firstLine;
    }

    /** How many bytes it has. */
    public int sizeBytes() {
        return bytes.length;
    }

    /** The line in which its first record begins; the stream's first is 1. */
    public long firstLine() {
        return firstLine;
    }

    /** Its bytes, for one reader. */
    public InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    /** Reads its records one by one. */
    public RecordReader read() {
        return new RecordReader(open(), format, encoding, firstLine, bytes.length);
    }

    /**
     * The text of each record, without its line end.
     *
     * @throws RecordException when one is not in the charset
     */
    public List<String> texts() throws IOException {
        try (RecordReader reader = read()) {
            return reader.texts();
        }
    }
}
