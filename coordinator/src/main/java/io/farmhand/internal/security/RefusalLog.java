package io.farmhand.internal.security;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs who was refused and why, so that neither the one who set up a worker wrongly is left without a word, nor one who
 * knocks all day long fills the disk: once a minute for each address and reason, and no more than so many lines a minute
 * in all. What was left out is counted, and told with the next line.
 *
 * <p><b>Concurrency.</b> Any thread calls; the state is guarded by this object's monitor. Lines are written by the thread
 * {@code farm-refusals}, one for the JVM while there is something to write: an event loop must not wait for a log. When
 * that cannot keep up, lines are lost.
 */
public final class RefusalLog {
    private static final System.Logger LOG = System.getLogger(RefusalLog.class.getName());
    private static final long SILENCE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int LINES_PER_MINUTE = 60;
    /** More forgets sooner who was told of, fewer costs memory: some 200 bytes each. */
    private static final int MOST_REMEMBERED = 256;
    private static final int MOST_WAITING = 100;

    private static final ThreadPoolExecutor WRITER = writer();

    private final LongSupplier nanoTime;
    private final Consumer<String> lines;
    /** The oldest first. */
    private final Map<Told, Since> told = new LinkedHashMap<>();
    private long minuteSince;
    private int linesThisMinute;
    private long leftOut;

    private record Told(@Nullable InetAddress address, Refusal refusal) {}

    private static final class Since {
        private final long nanos;
        private long repeated;

        Since(long nanos) {
            this.nanos = nanos;
        }
    }

    /** A log that goes where {@link System.Logger} goes. */
    public RefusalLog() {
        this(System::nanoTime, RefusalLog::write);
    }

    RefusalLog(LongSupplier nanoTime, Consumer<String> lines) {
        this.nanoTime = nanoTime;
        this.lines = lines;
        this.minuteSince = nanoTime.getAsLong();
    }

    private static void write(String line) {
        try {
            WRITER.execute(() -> LOG.log(System.Logger.Level.WARNING, line));
        } catch (RuntimeException | Error e) {
            // No thread can be made for it: the server goes on without a word.
            return;
        }
    }

    private static ThreadPoolExecutor writer() {
        ThreadPoolExecutor writer = new ThreadPoolExecutor(1, 1, 100, TimeUnit.MILLISECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING), Thread.ofPlatform().name("farm-refusals").daemon().factory(),
                new ThreadPoolExecutor.DiscardPolicy());
        writer.allowCoreThreadTimeOut(true);
        return writer;
    }

    /**
     * Tells of one that was refused, if there is not too much to tell.
     *
     * @param detail values, and what to do; must hold no secret
     */
    void refused(@Nullable SocketAddress address, Refusal refusal, String detail) {
        String line = line(address, refusal, detail);
        if (line != null) {
            lines.accept(line);
        }
    }

    private synchronized @Nullable String line(@Nullable SocketAddress address, Refusal refusal, String detail) {
        long now = nanoTime.getAsLong();
        if (now - minuteSince >= SILENCE_NANOS) {
            minuteSince = now;
            linesThisMinute = 0;
        }
        // Without the port: each try has its own.
        Told key = new Told(address instanceof InetSocketAddress inet ? inet.getAddress() : null, refusal);
        Since since = told.get(key);
        if (since != null && now - since.nanos < SILENCE_NANOS) {
            since.repeated++;
            return null;
        }
        if (linesThisMinute >= LINES_PER_MINUTE) {
            leftOut++;
            return null;
        }
        linesThisMinute++;
        told.remove(key); // to be the youngest again
        told.put(key, new Since(now));
        if (told.size() > MOST_REMEMBERED) {
            told.remove(told.keySet().iterator().next());
        }
        String more = since == null || since.repeated == 0 ? "" : " (and " + since.repeated + " times more before)";
        String others = leftOut == 0 ? "" : " (and " + leftOut + " refusals of others, left out)";
        leftOut = 0;
        return "Refused " + Printable.address(address) + ": " + refusal.text() + ": " + detail + more + others;
    }
}
