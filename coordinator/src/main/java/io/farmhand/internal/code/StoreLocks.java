package io.farmhand.internal.code;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM holds of a store's directory, and what it knows of it. One for each directory, for as long as the JVM lives:
 * closing any channel on a file drops all locks that its process has on it.
 *
 * <p>They are locks on regions of one file, which the kernel drops when a process ends, however it ends. Region 0 is had by
 * whoever changes what is there. Each of the others stands for a jar or for a draft of one, and is shared by the processes
 * that use it: nobody removes that meanwhile.
 *
 * <p><b>Concurrency.</b> {@code lock} guards {@code held}, and whoever wants region 0 has it first, since the locks of files
 * are the process's and know no threads.
 */
final class StoreLocks {
    private static final Map<Path, StoreLocks> ALL = new HashMap<>(); // guarded by itself
    private static final long CHANGES = 0;

    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Held> held = new HashMap<>(); // guarded by lock
    /** The jars that this JVM has found whole, as they were then. */
    private final Map<String, Stamp> verified = new ConcurrentHashMap<>();

    /** A region that this JVM has, and how many users it has here. */
    private record Held(FileLock region, int users) {}

    /** Something that is done alone. */
    interface Step<A extends @Nullable Object> {
        A run() throws IOException;
    }

    private StoreLocks(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Those of a directory.
     *
     * @param directory its real path
     * @throws IOException when its file cannot be opened
     */
    static StoreLocks of(Path directory) throws IOException {
        synchronized (ALL) { // two channels would be one too many
            StoreLocks known = ALL.get(directory);
            if (known == null) {
                known = new StoreLocks(FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE,
                        StandardOpenOption.READ, StandardOpenOption.WRITE));
                ALL.put(directory, known);
            }
            return known;
        }
    }

    Map<String, Stamp> verified() {
        return verified;
    }

    /** Does something while no other thread and no other process changes what is in the directory. */
    <A extends @Nullable Object> A alone(Step<A> step) throws IOException {
        lock.lock();
        try {
            FileLock changes = changes();
            try {
                return step.run();
            } finally {
                changes.release();
            }
        } finally {
            lock.unlock();
        }
    }

    private FileLock changes() throws IOException {
        FileLock at = channel.tryLock(CHANGES, 1, false);
        return at == null ? await() : at;
    }

    /** Waits for a process that changes something. An interrupt of a thread that waits would close the channel. */
    private FileLock await() throws IOException {
        CompletableFuture<FileLock> got = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("farm-code-store").start(() -> {
            try {
                got.complete(channel.lock(CHANGES, 1, false));
            } catch (IOException | RuntimeException | Error e) {
                got.completeExceptionally(e);
            }
        });
        try {
            return got.join();
        } catch (CompletionException e) {
            throw new IOException("the lock of the code store cannot be had: " + e.getCause(), e.getCause());
        }
    }

    /** Uses a region, beside others; to be called {@link #alone}. */
    void use(long region) throws IOException {
        Held before = held.get(region);
        if (before != null) {
            held.put(region, new Held(before.region, before.users + 1));
            return;
        }
        FileLock taken = channel.tryLock(region, 1, true);
        if (taken == null) {
            throw new IOException("somebody who is no farm has locked parts of the code store");
        }
        held.put(region, new Held(taken, 1));
    }

    /** Uses a region once less. */
    void leave(long region) throws IOException {
        lock.lock();
        try {
            Held before = held.get(region);
            if (before == null) {
                throw new IllegalStateException("nobody uses region=" + region);
            }
            if (before.users > 1) {
                held.put(region, new Held(before.region, before.users - 1));
            } else {
                held.remove(region);
                before.region.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether any process uses a region; to be called {@link #alone}, so that the answer holds until that is over. */
    boolean isUsed(long region) throws IOException {
        if (held.containsKey(region)) {
            return true;
        }
        FileLock taken = channel.tryLock(region, 1, false);
        if (taken == null) {
            return true;
        }
        taken.release();
        return false;
    }
}
