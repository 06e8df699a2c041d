package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bell in shared memory, which threads of any process can ring and wait for.
 *
 * <p>A platform thread sleeps in the kernel itself. A virtual thread would hold its carrier there, and a few of them all
 * carriers, those too on which the one that is to ring would run: so a platform thread sleeps for it.
 */
public final class FutexBell implements Bell {
    /** How many bytes a bell takes. */
    public static final int SIZE_BYTES = 4;

    /** Whether this system has such bells. */
    public static boolean isAvailable() {
        return Futex.isAvailable();
    }

    private static final AtomicInteger SLEEPERS = new AtomicInteger();
    /** Sleeps for virtual threads; its threads end when there is nothing to do for a minute. */
    private static final Executor SLEEPING = Executors.newCachedThreadPool(
            task -> Thread.ofPlatform().daemon().name("farm-sleeper-" + SLEEPERS.incrementAndGet()).unstarted(task));

    private final MemorySegment word;

    /**
     * Makes a bell of a word of memory, which is its count.
     *
     * @param memory mapped memory
     * @param offset where the bell's 4 bytes are, aligned to 4
     */
    public FutexBell(MemorySegment memory, long offset) {
        this.word = memory.asSlice(offset, SIZE_BYTES, SIZE_BYTES);
    }

    @Override
    public int count() {
        return Words.getInt(word, 0);
    }

    @Override
    public void ring() {
        ring(Integer.MAX_VALUE);
    }

    @Override
    public void ringOne() {
        ring(1);
    }

    private void ring(int sleepers) {
        int _ = Words.addInt(word, 0, 1);
        Futex.wake(word, sleepers);
    }

    @Override
    public void await(int seen, long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (timeoutNanos <= 0 || count() != seen) {
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            CompletableFuture<Void> woken = sleepElsewhere(seen, timeoutNanos);
            try {
                woken.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("waiting for shared memory failed", e.getCause());
            } finally {
                if (!woken.isDone()) {
                    ring(); // lets the thread go that sleeps for us
                }
            }
        } else {
            new Interruption().await(seen, timeoutNanos);
        }
    }

    @Override
    public void awaitUninterruptibly(int seen, long timeoutNanos) {
        if (timeoutNanos <= 0 || count() != seen) {
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            sleepElsewhere(seen, timeoutNanos).join();
        } else {
            Futex.await(word, seen, timeoutNanos);
        }
    }

    private CompletableFuture<Void> sleepElsewhere(int seen, long timeoutNanos) {
        return CompletableFuture.runAsync(() -> Futex.await(word, seen, timeoutNanos), SLEEPING);
    }

    /**
     * Wakes a thread in the kernel when it is interrupted: the JDK closes the channel in whose operation a thread is that
     * is interrupted, and closing this one rings the bell. For others that is a wake-up for nothing.
     */
    private final class Interruption extends AbstractInterruptibleChannel {
        void await(int seen, long timeoutNanos) throws InterruptedException {
            begin();
            Futex.await(word, seen, timeoutNanos);
            try {
                end(true);
            } catch (ClosedByInterruptException e) {
                boolean _ = Thread.interrupted();
                throw new InterruptedException();
            } catch (IOException e) {
                throw new AssertionError("nobody else closes it", e);
            }
        }

        @Override
        protected void implCloseChannel() {
            ring();
        }
    }
}
