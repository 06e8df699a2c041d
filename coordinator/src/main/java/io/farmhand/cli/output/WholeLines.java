package io.farmhand.cli.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the last whole line of a file ends, which was being written when its writer was killed. Stateless. */
final class WholeLines {
    private static final int BUFFER_BYTES = 1 << 16;

    private WholeLines() {}

    /** Behind the last {@code \n}; 0 when there is none. */
    static long end(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long end = channel.size();
        while (end > 0) {
            long start = Math.max(0, end - BUFFER_BYTES);
            buffer.clear().limit((int) (end - start));
            long at = start;
            while (buffer.hasRemaining()) {
                int count = channel.read(buffer, at);
                if (count < 0) {
                    break;
                }
                at += count;
            }
            for (int i = buffer.position() - 1; i >= 0; i--) {
                if (buffer.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }
}
