package io.farmhand.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream of UTF-8, read when asked for: one that is never asked for is never waited for.
 *
 * <p>A line ends with {@code \n} or {@code \r\n}, and a lone {@code \r} is a character like others; the last line may
 * lack its end. Owned by the thread that pulls.
 */
final class InputLines implements Iterator<String> {
    /** What is read at once: smaller costs more system calls, larger holds memory. */
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream input;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private boolean ended;
    private @Nullable String next;

    InputLines(InputStream input) {
        this.input = input;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            try {
                next = readLine();
            } catch (IOException e) {
                ended = true;
                throw new UncheckedIOException("cannot read standard input: " + e.getMessage(), e);
            }
        }
        return next != null;
    }

    @Override
    public String next() {
        String line = hasNext() ? next : null;
        if (line == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return line;
    }

    private @Nullable String readLine() throws IOException {
        int scanned = 0;
        while (true) {
            for (int i = start + scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    String line = decode(i);
                    start = i + 1;
                    return line;
                }
            }
            scanned = end - start;
            makeRoom();
            int count = input.read(buffer, end, buffer.length - end);
            if (count < 0) {
                ended = true;
                return start < end ? decode(end) : null;
            }
            end += count;
        }
    }

    private void makeRoom() {
        if (end == buffer.length) {
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }
            if (end > buffer.length / 2) {
                buffer = Arrays.copyOf(buffer, Math.max(buffer.length, (int) Math.min(2L * buffer.length,
                        Integer.MAX_VALUE - 8)));
            }
        }
    }

    private String decode(int to) {
        int last = to > start && buffer[to - 1] == '\r' ? to - 1 : to;
        return new String(buffer, start, last - start, StandardCharsets.UTF_8);
    }
}
