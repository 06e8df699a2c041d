package io.farmhand.systemtests;

import io.farmhand.Manager;
import io.farmhand.shared.SharedLongArray;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.Pipe;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.zip.CRC32;

/**
 * One of each thing that processes share, and what a process does with them at random until it is told to stop. Whoever
 * finds something amiss says so in {@code faults}, and ends.
 */
record SharedStorm(Lock lock, SharedLongArray pair, RLock rlock, Semaphore permits,
        Queue<long[]> queue, JoinableQueue<String> jobs, Barrier barrier, Condition condition, Event stop,
        Map<String, Long> counts, Queue<String> faults, SideLog puts, SideLog takes) implements Serializable {
    static final int PERMITS = 2;
    private static final int LONGEST_ITEM = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static SharedStorm create(Manager manager, SideLog puts, SideLog takes) {
        return new SharedStorm(Lock.create(), SharedLongArray.create(2), RLock.create(), Semaphore.create(PERMITS),
                Queue.create(1_000), JoinableQueue.create(), Barrier.create(2),
                Condition.create(), Event.create(), manager.map(), Queue.create(), puts, takes);
    }

    /** What a process does. */
    void run(long seed, Connection peer) throws Exception {
        Random random = new Random(seed);
        try {
            for (long step = 0; !stop.isSet(); step++) {
                step(random, step, peer);
            }
        } catch (Throwable e) {
            faults.put("pid=" + ProcessHandle.current().pid() + " " + e);
            throw e;
        }
    }

    private void step(Random random, long step, Connection peer) throws Exception {
        switch (random.nextInt(9)) {
            case 0 -> keepThePairEqual(random);
            case 1 -> nest();
            case 2 -> enter();
            case 3 -> putOne(item(random, step));
            case 4 -> takeOne();
            case 5 -> meet();
            case 6 -> signalOrWait(random);
            case 7 -> counts.merge("k" + random.nextInt(10), 1L, Long::sum);
            default -> {
                echo(peer, step);
                work();
            }
        }
    }

    private void keepThePairEqual(Random random) throws InterruptedException {
        try {
            lock.lockReportingDeath();
        } catch (OwnerDiedException e) {
            pair.set(1, pair.get(0));
        }
        try {
            expect(pair.get(0) == pair.get(1), "the pair differs under its lock");
            pair.set(0, pair.get(0) + 1);
            for (int i = random.nextInt(1_000); i > 0; i--) {
                Thread.onSpinWait();
            }
            pair.set(1, pair.get(1) + 1);
        } finally {
            lock.unlock();
        }
    }

    private void nest() throws InterruptedException {
        expect(rlock.tryLock(PATIENCE), "a reentrant lock is not given within 10 s");
        try {
            expect(rlock.tryLock(), "it is not given to its holder again");
            rlock.unlock();
        } finally {
            rlock.unlock();
        }
    }

    private void enter() throws InterruptedException {
        expect(permits.tryAcquire(PATIENCE), "a permit is not given within 10 s");
        permits.release();
    }

    private static long[] item(Random random, long step) {
        long[] item = new long[3 + random.nextInt(random.nextInt(10) == 0 ? LONGEST_ITEM : 20)];
        item[0] = ProcessHandle.current().pid();
        item[1] = step;
        for (int i = 3; i < item.length; i++) {
            item[i] = random.nextLong();
        }
        item[2] = checksum(item);
        return item;
    }

    private static long checksum(long[] item) {
        CRC32 sum = new CRC32();
        for (int i = 0; i < item.length; i++) {
            if (i != 2) {
                for (int shift = 0; shift < 64; shift += 8) {
                    sum.update((int) (item[i] >>> shift));
                }
            }
        }
        return sum.getValue();
    }

    /** Which item it is, over all processes. */
    static long identity(long[] item) {
        return item[0] << 32 | item[1];
    }

    private void putOne(long[] item) throws InterruptedException {
        if (queue.offer(item, Duration.ofMillis(5))) {
            puts.append(identity(item));
        }
    }

    private void takeOne() throws InterruptedException {
        long[] item = queue.poll(Duration.ofMillis(5));
        if (item != null) {
            expect(item[2] == checksum(item), "an item is torn");
            takes.append(identity(item));
        }
    }

    private void meet() throws InterruptedException {
        try {
            int _ = barrier.await(Duration.ofMillis(20));
        } catch (BrokenBarrierException e) {
            barrier.reset();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // it is not waited for anything
    private void signalOrWait(Random random) throws InterruptedException {
        expect(condition.lock().tryLock(PATIENCE), "a condition's lock is not given within 10 s");
        try {
            if (random.nextBoolean()) {
                condition.signal(1 + random.nextInt(2));
            } else {
                boolean _ = condition.await(Duration.ofMillis(20));
            }
        } finally {
            condition.lock().unlock();
        }
    }

    private static void echo(Connection peer, long step) throws IOException, InterruptedException {
        peer.send(step);
        expect(peer.poll(PATIENCE), "the other end does not answer within 10 s");
        expect(peer.receive(Long.class) == step, "the other end's answer is another one");
    }

    private void work() throws InterruptedException {
        jobs.put("a job");
        String job = jobs.poll();
        if (job != null) {
            jobs.taskDone();
        }
    }

    private static void expect(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Closes all but the map, which is its manager's. */
    void close() {
        lock.close();
        pair.close();
        rlock.close();
        permits.close();
        queue.close();
        jobs.close();
        barrier.close();
        condition.close();
        condition.lock().close();
        stop.close();
        faults.close();
    }

    /** Sends back what comes, for the other end of a pipe, until its end. */
    static void answer(Pipe pipe) {
        try {
            while (true) {
                pipe.first().send(pipe.first().receive());
            }
        } catch (IOException e) {
            pipe.first().close(); // the other end is gone
        } catch (InterruptedException e) {
            pipe.first().close();
            Thread.currentThread().interrupt();
        }
    }
}
