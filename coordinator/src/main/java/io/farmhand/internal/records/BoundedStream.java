package io.farmhand.internal.records;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The bytes of a file from one place to another; an end of the file before that is an error. Owned by its reader. */
final class BoundedStream extends FilterInputStream {
    private final Path path;
    private final long end;
    private long at;

    /** @param in stands at {@code from}; closed with this */
    BoundedStream(InputStream in, Path path, long from, long end) {
        super(in);
        this.path = path;
        this.at = from;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (at == end) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, end - at));
        if (count < 0) {
            throw FileRange.ended(path, at, end);
        }
        at += count;
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(Math.min(count, end - at));
        at += skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(in.available(), end - at);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
