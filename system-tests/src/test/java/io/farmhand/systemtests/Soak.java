package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import io.farmhand.systemtests.SoakAct.Mood;
import io.farmhand.systemtests.SoakMischief.Trick;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Random calls on one pool whose workers are struck at random, in rounds after each of which all is to be quiet.
 *
 * <pre>
 *  seed ---> callers: call after call            mischief: kill, halt, terminate, resize
 *                |          \                       /          |
 *                |           '---> the pool's workers          |
 *                |                        |                    |
 *                |                     SideLog                 | who was struck
 *                v                        v                    v
 *            SoakCall ----------------> SoakLedger, after each round: what ran is what was sent,
 *            is it what the             no more often than it may; each failure has its reason
 *            items' acts lead to?
 *                                       SoakLevels, after each round: no job, process, thread,
 *                                       descriptor or file is left, and memory is level
 * </pre>
 */
final class Soak {
    private static final List<SoakShape> SHAPES = List.of(SoakShape.values());
    private static final List<Mood> MOODS = List.of(Mood.values());
    private static final int CALLERS = 4;
    private static final int QUIET_WORKERS = 2;
    private static final Duration LEASE = Duration.ofSeconds(4);
    /** A call takes no longer than this, whatever befalls it. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MOST_ROUNDS = 40;
    private static final Duration SHORTEST_ROUND = Duration.ofSeconds(5);
    /** Long enough for a function to be kept by workers, as a broadcast is. */
    private static final int LONG_BYTES = 3 << 19;
    private static final int SHORT_BYTES = 1_000;

    private final long seed;
    private final Duration length;
    private final Path directory;
    private final SplittableRandom random;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong jobsStarted = new AtomicLong();
    private final AtomicLong jobsEnded = new AtomicLong();
    private final Map<SoakShape, Integer> made = new ConcurrentHashMap<>();
    private final Map<Trick, Integer> tricks = new TreeMap<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SoakLevels levels = new SoakLevels();

    Soak(long seed, Duration length, Path directory) {
        this.seed = seed;
        this.length = length;
        this.directory = directory;
        this.random = new SplittableRandom(seed);
    }

    /** Goes on for the given time. An error says what went wrong, and names the seed. */
    void run() throws Exception {
        System.out.printf("soak: seed=%d seconds=%d%n", seed, length.toSeconds());
        Pool pool = Pools.quick().workers(QUIET_WORKERS).lease(LEASE).output((_, _, _) -> {})
                .listener(this::count).build();
        boolean done = false;
        try {
            long start = System.nanoTime();
            Duration round = length.dividedBy(MOST_ROUNDS);
            do {
                round(pool, round.compareTo(SHORTEST_ROUND) < 0 ? SHORTEST_ROUND : round);
                // Not before the round's calls are garbage: those that were left hold what nobody has read.
                System.out.printf("soak: %s%n", levels.take());
            } while (System.nanoTime() - start < length.toNanos());
            levels.assertMemoryIsLevel();
            close(pool);
            done = true;
            System.out.printf("soak: calls=%s outcomes=%s tricks=%s%n", new TreeMap<>(made), outcomes, tricks);
        } catch (Throwable e) {
            throw new AssertionError("seed=%d: %s".formatted(seed, e.getMessage()), e);
        } finally {
            if (!done) {
                pool.shutdownNow();
            }
        }
    }

    private void count(PoolEvent event) {
        switch (event) {
            case PoolEvent.JobStarted _ -> jobsStarted.incrementAndGet();
            case PoolEvent.JobEnded _ -> jobsEnded.incrementAndGet();
            default -> {
            }
        }
    }

    private static void close(Pool pool) throws InterruptedException {
        Thread closer = Thread.ofPlatform().name("soak-close").daemon().start(pool::close);
        assertThat(closer.join(PATIENCE)).as("close() returns").isTrue();
    }

    // ---- rounds ----

    private void round(Pool pool, Duration time) throws Exception {
        SoakLedger ledger = new SoakLedger(SideLog.in(directory));
        SoakMischief mischief = new SoakMischief(pool, ledger, random.split(), LEASE);
        List<Thread> callers = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom lots = random.split();
            callers.add(Thread.ofPlatform().name("soak-caller-" + i).daemon().start(() -> {
                while (System.nanoTime() - end < 0 && failures.isEmpty()) {
                    call(pool, ledger, lots.split());
                }
            }));
        }
        long patience = end + PATIENCE.toNanos();
        for (Thread caller : callers) {
            if (!caller.join(Duration.ofNanos(Math.max(1, patience - System.nanoTime())))) {
                StackDump.printAll();
                throw new AssertionError("a call does not end: %s; workers=%s".formatted(ledger.calls().stream()
                        .filter(call -> !call.isOver()).toList(), pool.workers()));
            }
        }
        mischief.stop().forEach((trick, times) -> tricks.merge(trick, times, Integer::sum));
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.peek().getMessage(), failures.peek());
        }
        settle(pool, ledger);
    }

    private void call(Pool pool, SoakLedger ledger, SplittableRandom lots) {
        SoakShape shape = SHAPES.get(lots.nextInt(SHAPES.size()));
        // Half of the calls are without failures, so that there is always something for the others to disturb.
        Mood mood = shape.isEndless() || lots.nextInt(5) < 2 ? Mood.CALM : MOODS.get(lots.nextInt(MOODS.size()));
        SoakPlan plan = SoakPlan.random(lots, mood, shape.cancels());
        made.merge(shape, 1, Integer::sum);
        Pool optioned = pool.with(plan::apply);
        Constant constant = Constant.random(pool, lots, shape.sendsFunctionOnce() ? LONG_BYTES : SHORT_BYTES);
        SoakCall call = new SoakCall(shape.name(), new SoakTask(calls.incrementAndGet(), lots.nextLong(), mood, ledger
                .log(), constant.value()), plan);
        ledger.add(call);
        try {
            shape.run(optioned, call, lots);
        } catch (Throwable e) {
            failures.add(new AssertionError(e instanceof AssertionError ? e.getMessage() : call + ": " + e, e));
        } finally {
            call.over();
            constant.release().run();
        }
    }

    /** All must be as it was before the first round. */
    private void settle(Pool pool, SoakLedger ledger) {
        ledger.calls().forEach(SoakCall::closeWhatWasLeft);
        pool.resize(QUIET_WORKERS);
        await("all jobs end").atMost(PATIENCE).until(() -> jobsEnded.get() == jobsStarted.get());
        await("no worker is too many").atMost(PATIENCE).untilAsserted(() -> {
            Set<Long> atWork = Pools.pids(pool);
            assertThat(new TreeSet<>(Workers.livePids())).as("workers=%s", pool.workers()).isEqualTo(atWork);
        });
        ledger.verify();
        ledger.calls().forEach(call -> call.outcomes().forEach((what, times) -> outcomes.merge(what, times,
                Integer::sum)));
        System.out.printf("soak: calls=%d runs=%d%n", ledger.calls().size(), ledger.log().size());
    }

    /** A value that answers depend on, and what is done when it has served. */
    private record Constant(@Nullable Serializable value, Runnable release) {
        /** Mostly none; else one that travels by itself, or one that is broadcast. */
        static Constant random(Pool pool, SplittableRandom lots, int mostBytes) {
            return switch (lots.nextInt(8)) {
                case 0 -> new Constant(bytes(lots, mostBytes), () -> {});
                case 1 -> {
                    var broadcast = pool.broadcast(bytes(lots, mostBytes));
                    yield new Constant(broadcast, broadcast::close);
                }
                default -> new Constant(null, () -> {});
            };
        }

        private static byte[] bytes(SplittableRandom lots, int mostBytes) {
            byte[] bytes = new byte[lots.nextInt(mostBytes)];
            lots.nextBytes(bytes);
            return bytes;
        }

        @Override
        public String toString() {
            return value == null ? "none" : value.getClass().getSimpleName();
        }
    }
}
