package io.farmhand.internal.serial;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of a region of a buffer as a stream. The buffer's position stays where it is. */
final class RegionInputStream extends InputStream {
    private final ByteBuffer bytes;
    private final int end;
    private int at;

    RegionInputStream(ByteBuffer bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    @Override
    public int read() {
        return at < end ? bytes.get(at++) & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (at >= end) {
            return -1;
        }
        int count = Math.min(length, end - at);
        bytes.get(at, target, offset, count);
        at += count;
        return count;
    }

    @Override
    public int available() {
        return end - at;
    }
}
