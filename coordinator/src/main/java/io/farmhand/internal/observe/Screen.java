package io.farmhand.internal.observe;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where bars are shown. On a terminal there is a line for each at the bottom, which is drawn again and again, and what
 * others print comes above. Elsewhere, as in a log file, there is a line of text for each every ten seconds and at its end.
 *
 * <p><b>Concurrency.</b> {@link #lock} guards all, and is held while bars are written, so that they come whole; what others
 * print they print without it. A thread {@code farm-progress} draws, for as long as there are bars.
 *
 * <p>Bars are ASCII, and the terminal is told by the sequences of ECMA-48 that all of them know: up, erase below, and that
 * a long line is to be cut and not wrapped, since what was wrapped could not be erased again.
 */
public final class Screen {
    private static final long DRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** More would scroll a small terminal, and could not be erased again. */
    private static final int MOST_LINES = 10;

    private static final String ERASE_BELOW = "\u001b[J";
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";

    /** The one whose bars are on the terminal now. */
    private static volatile @Nullable Screen onTerminal;

    private static final Screen STANDARD_ERROR = new Screen(() -> System.err, Terminal.ofStandardError(),
            System::nanoTime, true);

    private final Supplier<PrintStream> out;
    private final BooleanSupplier watched;
    private final LongSupplier nanoClock;
    private final boolean draws;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock.
    private final List<ProgressBar> bars = new ArrayList<>();
    private boolean terminal;
    private int drawnLines;
    /** How many others print something now. */
    private int printing;
    private @Nullable Thread drawer;
    private long nextLogNanos;
    /** Whether bars are on a terminal, so that others must print with care. */
    private volatile boolean inUse;

    private Screen(Supplier<PrintStream> out, BooleanSupplier watched, LongSupplier nanoClock, boolean draws) {
        this.out = out;
        this.watched = watched;
        this.nanoClock = nanoClock;
        this.draws = draws;
    }

    /**
     * A screen.
     *
     * @param out what bars are written to
     * @param terminal whether that is one
     */
    public Screen(PrintStream out, boolean terminal) {
        this(() -> out, () -> terminal, System::nanoTime, true);
    }

    /** For tests, which draw by {@link #tick}. */
    Screen(PrintStream out, boolean terminal, LongSupplier nanoClock) {
        this(() -> out, () -> terminal, nanoClock, false);
    }

    /** This process's standard error, whatever {@link System#setErr} says that it is. */
    public static Screen standardError() {
        return STANDARD_ERROR;
    }

    /** Prints something on the terminal, by whatever means, so that the bars that are there, whosever, stay below it. */
    public static void aboveBars(Runnable print) {
        Screen screen = onTerminal;
        if (screen == null) {
            print.run();
        } else {
            screen.above(print);
        }
    }

    /** Prints something, by whatever means, so that bars stay below it. */
    public void above(Runnable print) {
        if (!inUse) {
            print.run();
            return;
        }
        pause();
        try {
            print.run();
        } finally {
            resume();
        }
    }

    /** Prints lines above the bars. */
    public void print(String lines) {
        lock.lock();
        try {
            write(erased() + lines + drawn());
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        lock.lock();
        try {
            printing++;
            write(erased());
        } finally {
            lock.unlock();
        }
    }

    private void resume() {
        lock.lock();
        try {
            printing--;
            write(drawn());
        } finally {
            lock.unlock();
        }
    }

    long nowNanos() {
        return nanoClock.getAsLong();
    }

    void show(ProgressBar bar) {
        lock.lock();
        try {
            if (bars.isEmpty()) {
                terminal = watched.getAsBoolean();
                nextLogNanos = nowNanos() + LOG_NANOS;
            }
            bars.add(bar);
            use(terminal);
            if (draws && drawer == null) {
                drawer = Thread.ofPlatform().daemon().name("farm-progress").start(this::draw);
            }
        } finally {
            lock.unlock();
        }
    }

    void finish(ProgressBar bar) {
        lock.lock();
        try {
            ProgressText.State last = bar.state(nowNanos(), true);
            String text = terminal ? ProgressText.bar(last) : ProgressText.line(last);
            String erased = erased();
            bars.remove(bar);
            write(erased + text + "\n" + drawn());
            use(terminal && !bars.isEmpty());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void use(boolean now) {
        inUse = now;
        if (now) {
            onTerminal = this;
        } else if (onTerminal == this) {
            onTerminal = null;
        }
    }

    private void draw() {
        lock.lock();
        try {
            while (!bars.isEmpty()) {
                long delay = terminal ? DRAW_NANOS : Math.max(1, nextLogNanos - nowNanos());
                boolean due = changed.awaitNanos(delay) <= 0;
                if (due) {
                    drawOnce();
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        } finally {
            drawer = null;
            lock.unlock();
        }
    }

    /** What the thread that draws does when it is time. */
    void tick() {
        lock.lock();
        try {
            drawOnce();
        } finally {
            lock.unlock();
        }
    }

    private void drawOnce() {
        if (terminal) {
            write(printing > 0 ? "" : erased() + drawn());
            return;
        }
        long now = nowNanos();
        if (now - nextLogNanos >= 0) {
            nextLogNanos = now + LOG_NANOS;
            StringBuilder lines = new StringBuilder();
            bars.forEach(bar -> lines.append(ProgressText.line(bar.state(now, false))).append('\n'));
            write(lines.toString());
        }
    }

    /** What takes the bars off a terminal. */
    private String erased() {
        if (drawnLines == 0) {
            return "";
        }
        String up = drawnLines == 1 ? "" : "\u001b[" + (drawnLines - 1) + "A";
        drawnLines = 0;
        return "\r" + up + ERASE_BELOW;
    }

    /** What puts the bars on a terminal where there are none. */
    private String drawn() {
        if (!terminal || bars.isEmpty() || printing > 0) {
            return "";
        }
        long now = nowNanos();
        StringBuilder lines = new StringBuilder(WRAP_OFF);
        for (ProgressBar bar : bars.subList(0, Math.min(bars.size(), MOST_LINES))) {
            lines.append(drawnLines++ == 0 ? "" : "\n").append(ProgressText.bar(bar.state(now, false)));
        }
        return lines.append(WRAP_ON).toString();
    }

    private void write(String text) {
        if (!text.isEmpty()) {
            PrintStream stream = out.get();
            stream.print(text);
            stream.flush();
        }
    }
}
