package io.farmhand.systemtests;

import io.farmhand.Pool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What befalls workers during one round: on a thread of its own, from its making until it is stopped. It strikes only
 * workers that have come to work, since a pool whose workers never do is meant to break.
 */
final class SoakMischief {
    /** What it can do; as often in a hundred times. */
    enum Trick {
        KILL(35),
        KILL_ALL(4),
        HALT_SHORTLY(22),
        /** Longer than the pool bears. */
        HALT_LONG(4),
        TERMINATE(15),
        RESIZE(20);

        private final int share;

        Trick(int share) {
            this.share = share;
        }

        private static Trick random(SplittableRandom random) {
            int lot = random.nextInt(100);
            for (Trick trick : values()) {
                lot -= trick.share;
                if (lot < 0) {
                    return trick;
                }
            }
            throw new IllegalStateException("the shares do not add up");
        }
    }

    private static final int SHORTEST_PAUSE_MILLIS = 300;
    private static final int LONGEST_PAUSE_MILLIS = 2_500;
    private static final int SHORTEST_HALT_MILLIS = 50;
    private static final int LONGEST_HALT_MILLIS = 700;
    private static final int MOST_WORKERS = 4;
    /** So many of the newest entries show who is at work. */
    private static final int RECENT = 500;

    private final Pool pool;
    private final SoakLedger ledger;
    private final SplittableRandom random;
    private final Duration lease;
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> halts = new ArrayList<>();
    private final Map<Trick, Integer> tricks = new TreeMap<>();
    private final Thread thread;

    /** @param lease how long the pool bears a silent worker */
    SoakMischief(Pool pool, SoakLedger ledger, SplittableRandom random, Duration lease) {
        this.pool = pool;
        this.ledger = ledger;
        this.random = random;
        this.lease = lease;
        this.thread = Thread.ofPlatform().name("soak-mischief").daemon().start(this::play);
    }

    /** Nothing befalls a worker after this, and none is halted any more. Gives how often it did what. */
    Map<Trick, Integer> stop() throws InterruptedException {
        over.countDown();
        thread.join();
        for (Thread halt : halts) {
            halt.join();
        }
        return tricks;
    }

    private void play() {
        try {
            while (!over.await(random.nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS)) {
                Trick trick = Trick.random(random);
                tricks.merge(trick, 1, Integer::sum);
                play(trick, random.split());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void play(Trick trick, SplittableRandom lots) {
        if (trick == Trick.RESIZE) {
            pool.resize(lots.nextInt(1, MOST_WORKERS + 1));
            return;
        }
        List<Long> victims = atWork();
        if (victims.isEmpty()) {
            return;
        }
        long victim = victims.get(lots.nextInt(victims.size()));
        switch (trick) {
            case KILL -> strike("KILL", victim);
            case KILL_ALL -> victims.forEach(each -> strike("KILL", each));
            case TERMINATE -> strike("TERM", victim);
            case HALT_SHORTLY -> halt(victim, Duration.ofMillis(lots.nextInt(SHORTEST_HALT_MILLIS,
                    LONGEST_HALT_MILLIS)));
            case HALT_LONG -> halt(victim, lease.multipliedBy(2));
            case RESIZE -> throw new IllegalStateException("no worker is struck by " + trick);
        }
    }

    private void halt(long victim, Duration duration) {
        strike("STOP", victim);
        halts.add(Thread.ofVirtual().start(() -> {
            try {
                over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (Workers.isRunning(victim)) {
                strike("CONT", victim);
            }
        }));
    }

    private void strike(String signal, long victim) {
        ledger.strike(victim);
        try {
            Workers.signal(signal, victim);
        } catch (IOException e) {
            // it has gone meanwhile
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Long> atWork() {
        Set<Long> recent = new HashSet<>();
        ledger.log().last(RECENT).forEach(entry -> recent.add(entry.pid()));
        return Workers.livePids().stream().filter(recent::contains).toList();
    }
}
