package io.farmhand.systemtests;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Kills a random worker every 100 to 300 ms, so many times, from its making until it is stopped. It takes only workers
 * that have begun an item, since a pool whose workers never come to work is meant to break; and it ends after so many,
 * since a worker takes longer than that to start.
 */
final class KillStorm implements AutoCloseable {
    private static final int SHORTEST_MILLIS = 100;
    private static final int LONGEST_MILLIS = 300;
    /** So many of the newest entries show who is at work. */
    private static final int RECENT = 2_000;

    private final SideLog log;
    private final Random random;
    private final int mostKills;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile int kills;

    KillStorm(SideLog log, long seed, int mostKills) {
        this.log = log;
        this.mostKills = mostKills;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().name("kill-storm").daemon().start(this::rage);
    }

    int kills() {
        return kills;
    }

    /** No kill comes after this. */
    void stop() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void rage() {
        try {
            while (kills < mostKills
                    && !over.await(random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS + 1), TimeUnit.MILLISECONDS)) {
                killOne();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    private void killOne() {
        Set<Long> atWork = new HashSet<>();
        log.last(RECENT).forEach(entry -> atWork.add(entry.pid()));
        List<ProcessHandle> victims = Workers.live().stream().filter(worker -> atWork.contains(worker.pid())).toList();
        if (!victims.isEmpty()) {
            ProcessHandle victim = victims.get(random.nextInt(victims.size()));
            if (victim.destroyForcibly()) {
                kills++;
            }
        }
    }
}
