package io.farmhand.internal.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Empties one output stream of a worker on a thread of its own, passes each line on, and keeps the last ones. A task
 * can print what it likes: the stream is always drained, and a line without an end is cut.
 */
final class OutputDrain {
    private static final System.Logger LOG = System.getLogger(OutputDrain.class.getName());
    /** Longer lines are cut into lines of this length. */
    private static final int LINE_BYTES = 8 * 1024;
    private static final int TAIL_LINES = 40;
    private static final int TAIL_LINE_CHARS = 500;

    private final InputStream stream;
    private final Consumer<String> sink;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** The last lines; guarded by itself. */
    private final ArrayDeque<String> tail = new ArrayDeque<>();
    private boolean sinkFailed;

    private OutputDrain(InputStream stream, Consumer<String> sink) {
        this.stream = stream;
        this.sink = sink;
    }

    /** Begins to drain. */
    static OutputDrain start(String threadName, InputStream stream, Consumer<String> sink) {
        OutputDrain drain = new OutputDrain(stream, sink);
        Thread.ofPlatform().name(threadName).daemon().stackSize(256 * 1024).start(drain::drain);
        return drain;
    }

    /** Completes when the stream has ended. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** The last lines so far. */
    String tail() {
        synchronized (tail) {
            return String.join(System.lineSeparator(), tail);
        }
    }

    private void drain() {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        byte[] buffer = new byte[LINE_BYTES];
        try (stream) {
            for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                split(buffer, length, line);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a worker's output ended early", e);
        } finally {
            if (line.size() > 0) {
                pass(line);
            }
            ended.complete(null);
        }
    }

    private void split(byte[] buffer, int length, ByteArrayOutputStream line) {
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
                line.write(buffer, start, i - start);
                pass(line);
                start = i + 1;
            } else if (line.size() + i - start >= LINE_BYTES) {
                line.write(buffer, start, i - start);
                pass(line);
                start = i;
            }
        }
        line.write(buffer, start, length - start);
    }

    private void pass(ByteArrayOutputStream bytes) {
        String line = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        if (line.endsWith("\r")) {
            line = line.substring(0, line.length() - 1);
        }
        synchronized (tail) {
            tail.add(line.length() > TAIL_LINE_CHARS ? line.substring(0, TAIL_LINE_CHARS) + "..." : line);
            if (tail.size() > TAIL_LINES) {
                tail.remove();
            }
        }
        try {
            sink.accept(line);
        } catch (Throwable e) { // whatever the user's receiver throws
            if (!sinkFailed) {
                sinkFailed = true;
                LOG.log(System.Logger.Level.WARNING, "the receiver of workers' output threw; draining goes on", e);
            }
        }
    }
}
