package io.farmhand.internal.dispatch;

import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.GatherPeek;
import io.farmhand.internal.gather.OrderedGather;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.gather.UnorderedGather;
import io.farmhand.internal.gather.Window;
import io.farmhand.internal.serial.Items;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;

/** One job with both its ends: it feeds chunks as the window allows, and reads, and checks, what comes. */
@NullUnmarked // a null here fails the simulation, as it should
final class SimulatedJob {
    private static final int MOST_ITEMS = 60;
    private static final int MOST_IN_CHUNK = 8;

    final JobOptions options;
    final boolean functionKills;
    /** How often a worker died while it read the function. */
    int functionDeaths;
    /** Whether a worker that held some of it stood still. */
    boolean frozen;

    private final Simulation world;
    private final Random random;
    private final List<Script> items = new ArrayList<>();
    private final boolean ordered;
    private final Window window;
    private final Job job;
    private final long readerNanos;
    /** After how many items the reader goes away. */
    private final int readerPatience;
    private boolean opened;
    private boolean mustBeCancelled;
    private boolean cancelled;
    private CompletableFuture<Boolean> untouched;
    private int begins;
    private boolean feedPlanned;
    private boolean readPlanned;
    private int nextToFeed;
    private boolean fedAll;
    private int read;
    private long nextIndex;
    private int firstFailed = Integer.MAX_VALUE;
    private boolean over;

    SimulatedJob(long id, Simulation world) {
        this.world = world;
        this.random = world.random;
        boolean lazy = random.nextBoolean();
        boolean failFast = random.nextBoolean();
        long timeout = random.nextBoolean() ? 0 : SimulatedTime.millis(20 + random.nextInt(500));
        this.options = new JobOptions(lazy, failFast, timeout, 0, SimulatedTime.millis(random.nextInt(300)),
                random.nextInt(3), SimulatedTime.millis(random.nextInt(100)), random.nextInt(3),
                Scenario.oneIn(random, 4), id);
        this.functionKills = Scenario.oneIn(random, 40);
        boolean mayHang = timeout > 0 || Scenario.oneIn(random, 4);
        int mischief = random.nextInt(30);
        for (int i = random.nextInt(MOST_ITEMS + 1); i > 0; i--) {
            items.add(Script.draw(random, mayHang, mischief));
        }
        this.ordered = random.nextBoolean();
        this.window = new Window(1 + random.nextInt(12), 1 + random.nextInt(40), 1 << 20, lazy);
        Gather gather = ordered ? new OrderedGather(window) : new UnorderedGather(window);
        // Two long functions for all jobs, so that workers meet some again.
        String name = random.nextBoolean() ? null : random.nextBoolean() ? "f1" : "f2";
        this.job = new Job(id, ByteBuffer.allocate(1), name, options, gather, ChunkSizer.fixed(1));
        gather.whenDrained(() -> world.handle(new Event.ReaderCaughtUp(job)));
        this.readerNanos = Scenario.oneIn(random, 3) ? SimulatedTime.millis(random.nextInt(40)) : 0;
        this.readerPatience = lazy && Scenario.oneIn(random, 6) ? random.nextInt(MOST_ITEMS) : Integer.MAX_VALUE;
        this.mustBeCancelled = Scenario.oneIn(random, 6) || readerPatience < items.size()
                || (timeout == 0 && items.stream().anyMatch(Script::hangs));
    }

    long id() {
        return job.id;
    }

    /** Opens it, now. */
    void open() {
        opened = true;
        world.handle(new Event.JobOpened(job));
        if (mustBeCancelled) {
            long when = SimulatedTime.millis(random.nextInt(2000));
            world.time.after(when, Scenario.oneIn(random, 3) ? this::withdraw : this::cancel);
        }
    }

    private void cancel() {
        cancelled = true;
        world.handle(new Event.JobCancelled(job));
    }

    private void withdraw() {
        cancelled = true;
        untouched = new CompletableFuture<>();
        world.handle(new Event.JobWithdrawn(job, untouched));
        world.time.after(world.bound(), () -> world.check(untouched.isDone(), "job %d: withdrawn for ever", id()));
        // A job that had begun goes on; nobody waits for it here.
        CompletableFuture<?> _ = untouched.thenAccept(wasUntouched -> {
            if (!wasUntouched) {
                world.time.after(0, this::cancel);
            }
        });
    }

    boolean isOver() {
        return over;
    }

    // ---- what the farm does with it ----

    /** Whether its reader leaves room for more. */
    boolean mayBegin() {
        return !job.ended && job.gather.mayBegin(false);
    }

    /** An item begins on a worker. */
    Script begins(long index, long now) {
        Script item = items.get((int) index);
        item.begins++;
        begins++;
        world.check(!options.atMostOnce() || item.begins == 1, "job %d: item %d began twice: %s", id(), index, item);
        world.check(world.scenario.progressUnknown() || item.chargeableDeaths <= options.crashRetries(),
                "job %d: item %d runs again: %s", id(), index, item);
        world.check(untouched == null || !untouched.isDone() || !untouched.join(),
                "job %d: item %d begins, though it never was to", id(), index);
        item.begunNanos = now;
        return item;
    }

    /** A worker that held these items has died. */
    void doubt(long firstIndex, int count, boolean inDoubt) {
        for (int i = 0; i < count && inDoubt; i++) {
            items.get((int) firstIndex + i).doubtful = true;
        }
    }

    // ---- its feeder and its reader ----

    /** Plans what its two ends do next, after anything has happened. */
    void look() {
        if (!opened || over) {
            return;
        }
        if (!feedPlanned && !fedAll && (job.gather.hasRoom() || job.gather.isSated())) {
            feedPlanned = true;
            world.time.after(random.nextInt(200_000), this::feed);
        }
        if (!readPlanned && read < readerPatience && mayTake()) {
            readPlanned = true;
            world.time.after(readerNanos == 0 ? 0 : random.nextLong(readerNanos), this::read);
        } else if (job.ended && read >= readerPatience) {
            over = true; // nobody asks any more
        }
    }

    private boolean mayTake() {
        return job.ended || GatherPeek.hasReady(job.gather);
    }

    private void feed() {
        feedPlanned = false;
        if (job.gather.isSated() || nextToFeed == items.size()) {
            fedAll = true;
            world.handle(new Event.InputEnded(job));
        } else if (job.gather.hasRoom()) {
            if (Scenario.oneIn(random, 60)) {
                long index = nextToFeed++;
                job.gather.put(new Run.Unsendable(index, index, new IllegalArgumentException()));
                world.handle(new Event.ItemUnsent(job, index));
                return;
            }
            int count = Math.min(1 + random.nextInt(MOST_IN_CHUNK), items.size() - nextToFeed);
            ByteBuffer arguments = SimulatedItems.arguments(nextToFeed, count);
            job.gather.opened(count, arguments.remaining());
            Chunk chunk = new Chunk(job, nextToFeed, count, arguments, 1);
            nextToFeed += count;
            world.handle(new Event.ChunkSubmitted(chunk));
            check(!options.lazy() || world.isClosing() || nextToFeed - read < window.maxItems() + MOST_IN_CHUNK,
                    "%d items are under way", nextToFeed - read);
        }
    }

    private void read() {
        readPlanned = false;
        try {
            Run run = job.gather.take();
            if (run == null) {
                completed();
            } else if (run instanceof Run.JobFailed failed) {
                failed(failed);
            } else {
                delivered(run);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- what it must have come to ----

    private void delivered(Run run) {
        check(!ordered || run.firstIndex() == nextIndex, "%d came instead of %d", run.firstIndex(), nextIndex);
        nextIndex = run.firstIndex() + run.count();
        Items.Cursor cursor = run instanceof Run.Outcomes outcomes ? Items.cursor(outcomes.items()) : null;
        for (int i = 0; i < run.count(); i++) {
            int index = (int) run.firstIndex() + i;
            Script item = items.get(index);
            check(!item.delivered, "item %d was delivered twice: %s", index, item);
            item.delivered = true;
            read++;
            boolean failed = true;
            if (cursor != null) {
                ByteBuffer outcome = cursor.next();
                check(SimulatedItems.index(outcome) == index, "another item's result came for %d", index);
                failed = SimulatedItems.hasFailed(outcome);
                check(failed ? item.mayFail(options) : item.maySucceed(), "failed=%b for item %d: %s", failed, index,
                        item);
            }
            firstFailed = failed ? Math.min(firstFailed, index) : firstFailed;
        }
        checkKind(run, items.get((int) run.firstIndex()));
    }

    private void checkKind(Run run, Script item) {
        switch (run) {
            case Run.Crashed crashed -> check(options.atMostOnce()
                    ? item.begins > 0 || item.doubtful || world.scenario.progressUnknown()
                    : item.deaths > options.crashRetries(), "item %d crashed: %s", crashed.firstIndex(), item);
            case Run.TimedOut timedOut -> check(options.taskTimeoutNanos() > 0 && (world.scenario.progressUnknown()
                    || (timedOut.ranNanos() >= options.taskTimeoutNanos() && item.begins > 0
                            && item.mayTake(options.taskTimeoutNanos()))),
                    "item %d timed out after %d: %s",
                    timedOut.firstIndex(), timedOut.ranNanos(), item);
            case Run.Outcomes _,Run.Unsendable _ -> {
            }
            case Run.InputFailed _,Run.JobFailed _ -> check(false, "it came to %s", run);
        }
    }

    private void completed() {
        over = true;
        long missing = items.stream().limit(options.failFast() ? firstFailed : items.size())
                .filter(item -> !item.delivered).count();
        check(missing == 0, "%d items are missing", missing);
        check(untouched == null || !untouched.isDone() || !untouched.join(), "it was never to begin, and has ended");
    }

    private void failed(Run.JobFailed failed) {
        over = true;
        Reason reason = failed.reason();
        boolean allowed = switch (reason) {
            case CANCELLED -> cancelled;
            case CLOSED -> world.isClosing();
            case BROKEN -> world.scenario.mayBreak();
            case FUNCTION_CRASHED -> functionDeaths > options.crashRetries();
            case FUNCTION_TIMED_OUT -> options.taskTimeoutNanos() > 0 && frozen;
        };
        check(allowed, "it failed: %s %s", reason, failed.message());
        if (untouched != null && untouched.isDone() && untouched.join()) {
            check(begins == 0, "it was told to be untouched, and %d items had begun", begins);
        }
    }

    private void check(boolean holds, String message, Object... values) {
        world.check(holds, "job " + id() + ": " + message, values);
    }

    @Override
    public String toString() {
        return "job %d of %d items, fed %d, read %d, begins %d, ended=%b over=%b cancelled=%b %s %s %s".formatted(id(),
                items.size(), nextToFeed, read, begins, job.ended, over, cancelled, ordered ? "ordered" : "unordered",
                window, options);
    }
}
