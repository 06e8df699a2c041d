package io.farmhand.internal.observe;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * How far some work is, shown on a {@link Screen} from its making to its close.
 *
 * <p><b>Concurrency.</b> What is counted is in atomics, so that those who count never wait for who draws; {@link #pace} is
 * guarded by the screen's lock.
 */
public final class ProgressBar implements AutoCloseable {
    /** The total while it is not known. */
    public static final long UNKNOWN = -1;

    private final Screen screen;
    private final IntSupplier busy;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long total;
    private final Pace pace;

    /**
     * Shows a bar.
     *
     * @param screen where
     * @param total how many items there are, or {@link #UNKNOWN}
     * @param busy how many workers are at work, or less than 0 if that is not known; it is asked by the thread that draws,
     *     under the screen's lock, and must not wait
     */
    public ProgressBar(Screen screen, long total, IntSupplier busy) {
        this.screen = screen;
        this.total = total;
        this.busy = busy;
        this.pace = new Pace(screen.nowNanos());
        screen.show(this);
    }

    /** The number of items is known now, or has changed. */
    public void total(long items) {
        total = items;
    }

    /**
     * More items are done.
     *
     * @param items how many, failed ones included
     * @param failures how many of them have failed
     */
    public void add(long items, long failures) {
        done.add(items);
        failed.add(failures);
    }

    /** Draws it for the last time; what is printed next comes below it. May be called again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            screen.finish(this);
        }
    }

    /** Under the screen's lock. */
    ProgressText.State state(long nowNanos, boolean over) {
        long count = done.sum();
        pace.see(nowNanos, count);
        return new ProgressText.State(total, count, failed.sum(), over ? -1 : busy.getAsInt(), pace.elapsedNanos(),
                over ? pace.perSecondInAll() : pace.perSecond(), over);
    }
}
