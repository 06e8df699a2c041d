package io.farmhand.internal.remote;

import io.farmhand.sync.HandleClosedException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a server, and who refers to them.
 *
 * <p>An object is held here as long as a process refers to it, or a handle to it is on its way. Beyond that it lives as any
 * object of this JVM does, while another one refers to it: such as a map that it was put into. What only refers to itself
 * is collected.
 *
 * <p><b>Concurrency.</b> The monitor guards the counts; objects are looked up without it.
 */
final class ObjectTable {
    private static final Cleaner CLEANER = Cleaner
            .create(task -> Thread.ofPlatform().daemon().name("farm-objects").unstarted(task));

    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Long, Long> tokens = new HashMap<>(); // guarded by this
    private final AtomicLong numbers = new AtomicLong(Talk.ROOT - 1);
    private long lastToken; // guarded by this

    private static final class Entry {
        private final WeakReference<Served> served;
        private volatile @Nullable Served held;
        private long references; // guarded by the table

        Entry(Served served) {
            this.served = new WeakReference<>(served);
        }

        @Nullable
        Served get() {
            Served known = held;
            return known != null ? known : served.get();
        }
    }

    /** Finds an object that may be there, as that type or a more special one, or enters it. */
    Served find(ServedType type, Object target, long maker) {
        for (Served served : all()) {
            if (isSame(served.target(), target) && type.face().isAssignableFrom(served.type().face())) {
                return served;
            }
        }
        return enter(type, target, maker);
    }

    /** Enters an object, which is held by nobody yet but the caller. */
    Served enter(ServedType type, Object target, long maker) {
        long id = numbers.incrementAndGet();
        Served served = new Served(id, type, target, maker);
        entries.put(id, new Entry(served));
        Map<Long, Entry> whole = entries;
        CLEANER.register(served, () -> whole.remove(id));
        return served;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Object one, Object other) {
        return one == other;
    }

    /** The object of a number. */
    Served get(long id) {
        Entry entry = entries.get(id);
        Served served = entry == null ? null : entry.get();
        if (served == null) {
            throw new HandleClosedException("The object is gone: nothing referred to it any more, object=" + id
                    + ". Keep a proxy for it for as long as others are to find it.");
        }
        return served;
    }

    /** All that are there. */
    List<Served> all() {
        List<Served> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Served served = entry.get();
            if (served != null) {
                all.add(served);
            }
        }
        return all;
    }

    /** Counts references more, or fewer. */
    private void count(long id, long more) {
        Entry entry = entries.get(id);
        Served served = entry == null ? null : entry.get();
        if (entry == null || served == null) {
            return;
        }
        entry.references += more;
        entry.held = entry.references > 0 ? served : null;
    }

    /** A process refers to an object once more. */
    synchronized void refer(Served served, Guest guest) {
        if (guest.count(served.id(), 1)) {
            count(served.id(), 1);
        }
    }

    /** A process refers to an object less often. */
    synchronized void release(long id, int times, Guest guest) {
        count(id, -guest.discount(id, times));
    }

    /** A handle to an object goes on its way, nobody knows where. */
    synchronized long hold(Served served) {
        long token = ++lastToken;
        tokens.put(token, served.id());
        count(served.id(), 1);
        return token;
    }

    /** A handle has arrived in a process: at the first time, what was held for it becomes the process's reference. */
    synchronized void arrive(long token, long id, Guest guest) {
        refer(get(id), guest);
        redeem(token);
    }

    /** A handle has arrived in this JVM. */
    synchronized void redeem(long token) {
        Long id = tokens.remove(token);
        if (id != null) {
            count(id, -1);
        }
    }

    /** A process has ended: its references are gone. */
    synchronized void drop(Guest guest) {
        guest.dropAll().forEach((id, times) -> count(id, -times));
    }
}
