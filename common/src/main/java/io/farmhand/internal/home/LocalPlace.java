package io.farmhand.internal.home;

import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.LocalBell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.WordLock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A place in the memory of this JVM alone, for things that are used by way of a server: its threads act for threads of
 * other processes, see {@link Caller}.
 */
public final class LocalPlace extends Place {
    private final MemorySegment memory;
    private final Map<Long, Bell> bells = new ConcurrentHashMap<>();
    private final Parts parts = new LocalParts();
    private volatile @Nullable String endedBecause;

    /**
     * Makes a place.
     *
     * @param thingBytes how much memory the thing wants
     */
    public LocalPlace(long thingBytes) {
        memory = Arena.ofAuto().allocate(HEADER_BYTES + thingBytes, Long.BYTES);
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public WordLock lock(long offset, Party party) {
        return new WordLock(memory, offset, party, bell(offset + WordLock.BELL_OFFSET));
    }

    /** One for each offset, so that several things over one place hear each other. */
    @Override
    public Bell bell(long offset) {
        return bells.computeIfAbsent(offset, absent -> new LocalBell());
    }

    @Override
    public Parts parts() {
        return parts;
    }

    @Override
    @Nullable
    String endedBecause() {
        return Caller.current().gone().getAsBoolean() ? "The process for which this is done has ended." : endedBecause;
    }

    /** Nothing waits for a process that is gone: an interrupt says so, and is kept for later otherwise. */
    @Override
    public void awaitUninterruptibly(Bell bell, int seen, long timeoutNanos) {
        try {
            await(bell, seen, timeoutNanos);
        } catch (InterruptedException e) {
            try {
                super.awaitUninterruptibly(bell, seen, timeoutNanos);
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        endedBecause = "It was closed by the process that made it.";
    }

    @Override
    public ObjectKey key() {
        throw new UnsupportedOperationException("this is used by way of its server");
    }

    @Override
    public void occupy(Occupant occupant) {
        // Its server tells it who ends.
    }

    @Override
    public int slot() {
        return Caller.current().slot();
    }

    @Override
    public long thread() {
        return Caller.current().thread();
    }
}
