package io.farmhand.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The locks of a cache's keys, for the threads of all processes of the host: who has one computes that result, and the
 * others wait. The kernel drops those of a process that ends, however it ends.
 *
 * <p>Among threads of this JVM each key has a lock of its own; among processes it is a region of one byte of the file
 * {@code lock}, which stays empty. One channel for each directory, since closing any channel on a file drops all locks that
 * its process has on it; it is closed when nobody here wants a lock there any more.
 *
 * <p><b>Concurrency.</b> The monitor of {@link #ALL} guards which channels and slots there are, and who wants which. A slot's
 * {@code lock} guards its region.
 *
 * <p><b>Waiting.</b> An interrupt of a thread that waits for a region would close the channel, and with it drop the others'
 * locks. So a thread of its own waits. When the one that it waits for is interrupted, the region comes all the same, and goes
 * to the next one here that wants it, or is given back.
 */
final class KeyLocks {
    private static final Map<Path, KeyLocks> ALL = new HashMap<>(); // guarded by itself
    private static final String FILE = "lock";
    /** So many hexadecimal digits of a key fit a positive {@code long}. */
    private static final int REGION_DIGITS = 15;
    /** Shorter costs CPU for those who wait, longer lets a free key wait. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path root;
    /** Null where files cannot be locked: then threads of this JVM alone are kept apart. */
    private final @Nullable FileChannel channel;
    private final Map<Long, Slot> slots = new HashMap<>(); // guarded by ALL
    private int users; // guarded by ALL

    /** The lock of a key, while somebody wants it. */
    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        int users; // guarded by ALL
        // Guarded by lock.
        @Nullable
        FileLock region;
        @Nullable
        CompletableFuture<FileLock> arriving;
    }

    private KeyLocks(Path root, @Nullable FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /** A lock that is held by the thread that took it. */
    static final class Held implements Closeable {
        private final KeyLocks locks;
        private final long region;
        private final Slot slot;

        private Held(KeyLocks locks, long region, Slot slot) {
            this.locks = locks;
            this.region = region;
            this.slot = slot;
        }

        @Override
        public void close() {
            if (slot.lock.getHoldCount() == 1) {
                release(slot.region);
                slot.region = null;
            }
            slot.lock.unlock();
            locks.leave(region, slot);
        }
    }

    /**
     * Waits for a lock; a thread that has it gets it again.
     *
     * @param root of the cache
     * @param hash of the key
     * @throws InterruptedException when interrupted meanwhile
     */
    static Held lock(Path root, String hash) throws InterruptedException {
        long region = region(hash);
        Path real = real(root);
        KeyLocks locks;
        Slot slot;
        synchronized (ALL) {
            locks = of(real);
            slot = locks.enter(region);
        }
        boolean mine = false;
        boolean held = false;
        try {
            slot.lock.lockInterruptibly();
            mine = true;
            if (slot.lock.getHoldCount() == 1) {
                slot.region = locks.await(slot, region);
            }
            held = true;
            return new Held(locks, region, slot);
        } finally {
            if (!held) {
                if (mine) {
                    slot.lock.unlock();
                }
                locks.leave(region, slot);
            }
        }
    }

    /** A lock if it is free; null otherwise. */
    static @Nullable Held tryLock(Path root, String hash) {
        long region = region(hash);
        Path real = real(root);
        KeyLocks locks;
        Slot slot;
        synchronized (ALL) {
            locks = of(real);
            slot = locks.enter(region);
        }
        if (slot.lock.tryLock()) {
            FileLock taken = slot.arriving == null && slot.lock.getHoldCount() == 1 ? locks.tryRegion(region) : null;
            if (taken != null) {
                slot.region = taken;
                return new Held(locks, region, slot);
            }
            slot.lock.unlock();
        }
        locks.leave(region, slot);
        return null;
    }

    /** Without links, by which there would be two channels on one file. */
    private static Path real(Path root) {
        try {
            Folders.make(root);
            return root.toRealPath();
        } catch (IOException e) {
            return root; // nothing can be kept there
        }
    }

    private static long region(String hash) {
        return Long.parseLong(hash.substring(0, REGION_DIGITS), 16);
    }

    /** Opens the file if need be; under the monitor, since two channels would be one too many. */
    private static KeyLocks of(Path root) {
        KeyLocks known = ALL.get(root);
        if (known == null) {
            FileChannel opened;
            try {
                opened = FileChannel.open(root.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                unlocked(root, e);
                opened = null;
            }
            known = new KeyLocks(root, opened);
            ALL.put(root, known);
        }
        return known;
    }

    private Slot enter(long region) {
        users++;
        Slot slot = slots.computeIfAbsent(region, _ -> new Slot());
        slot.users++;
        return slot;
    }

    private void leave(long region, Slot slot) {
        synchronized (ALL) {
            users--;
            slot.users--;
            if (users == 0) {
                ALL.remove(root);
                close();
            } else if (slot.users == 0) {
                CompletableFuture<FileLock> arriving = slot.arriving;
                if (arriving == null) {
                    slots.remove(region);
                } else {
                    CompletableFuture<?> _ = arriving.whenComplete((taken, _) -> dispose(region, slot, taken));
                }
            }
        }
    }

    /** A region has come for which nobody waits any more, unless somebody does again. */
    private void dispose(long region, Slot slot, @Nullable FileLock taken) {
        synchronized (ALL) {
            if (slot.users == 0) {
                release(taken);
                slots.remove(region, slot);
            }
        }
    }

    /** Those who wait for a region that nobody wants any more end with that. */
    private void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                Warnings.debug("The locks of a cache were not closed.", e);
            }
        }
    }

    private static void release(@Nullable FileLock region) {
        if (region != null) {
            try {
                region.release();
            } catch (IOException e) { // its channel is closed, and it is released
                Warnings.debug("A lock of a cache was not released.", e);
            }
        }
    }

    private @Nullable FileLock tryRegion(long region) {
        if (channel == null) {
            return null;
        }
        try {
            return channel.tryLock(region, 1, false);
        } catch (IOException e) {
            unlocked(root, e);
            return null;
        }
    }

    /** The region, by the thread that has the slot's lock; null where files cannot be locked. */
    private @Nullable FileLock await(Slot slot, long region) throws InterruptedException {
        CompletableFuture<FileLock> arriving = slot.arriving;
        if (arriving == null) {
            if (channel == null) {
                return null;
            }
            FileLock free = tryRegion(region);
            if (free != null) {
                return free;
            }
            arriving = arriving(channel, region);
            slot.arriving = arriving;
        }
        try {
            FileLock taken = arriving.get();
            slot.arriving = null;
            return taken;
        } catch (ExecutionException e) {
            slot.arriving = null;
            unlocked(root, e.getCause());
            return null;
        }
    }

    private static CompletableFuture<FileLock> arriving(FileChannel channel, long region) {
        CompletableFuture<FileLock> arriving = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("farm-cache-lock").start(() -> {
            try {
                arriving.complete(block(channel, region));
            } catch (IOException | RuntimeException | Error e) {
                arriving.completeExceptionally(e);
            }
        });
        return arriving;
    }

    /**
     * Waits for a region. The kernel refuses to wait where processes would wait for each other, and knows no threads: when
     * two processes each compute what a thread of the other waits for, it takes them for deadlocked. They are not, so that
     * this is tried again; nothing tells when.
     */
    private static FileLock block(FileChannel channel, long region) throws IOException {
        while (true) {
            try {
                return channel.lock(region, 1, false);
            } catch (IOException e) {
                String message = e.getMessage();
                if (message == null || !message.contains("deadlock")) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private static void unlocked(Path root, @Nullable Throwable cause) {
        if (Files.isDirectory(root)) {
            Warnings.once("lock " + root, "Results in " + root + " may be computed more than once, since its file "
                    + FILE + " cannot be locked: " + cause, cause);
        }
    }
}
