package io.farmhand.internal.home;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What this JVM uses of shared things, each once: two handles to one thing that arrive here become one object. It keeps
 * nothing alive.
 */
public final class Opened {
    private static final Map<ObjectKey, Entry> ENTRIES = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Occupant> GONE = new ReferenceQueue<>();

    private static final class Entry extends WeakReference<Occupant> {
        private final ObjectKey key;

        Entry(ObjectKey key, Occupant occupant) {
            super(occupant, GONE);
            this.key = key;
        }
    }

    private Opened() {}

    /** Notes a thing that was made here. */
    static void add(ObjectKey key, Occupant made) {
        forgetTheGone();
        ENTRIES.put(key, new Entry(key, made));
    }

    /**
     * The thing of that key, opened if it is not open here.
     *
     * @param opener opens it; it may run for nothing when two threads come at once
     */
    public static Occupant get(ObjectKey key, Supplier<Occupant> opener) {
        forgetTheGone();
        Entry known = ENTRIES.get(key);
        Occupant occupant = known == null ? null : known.get();
        if (occupant != null) {
            return occupant;
        }
        Occupant opened = opener.get();
        while (true) {
            Entry entry = ENTRIES.computeIfAbsent(key, absent -> new Entry(key, opened));
            Occupant winner = entry.get();
            if (winner != null) {
                return winner;
            }
            ENTRIES.remove(key, entry);
        }
    }

    /** Forgets a thing that was closed here: the next handle to it that arrives opens it anew. */
    public static void forget(ObjectKey key, Occupant closed) {
        ENTRIES.computeIfPresent(key, (same, entry) -> entry.refersTo(closed) ? null : entry);
    }

    /** Wakes all who wait here for anything of a home that has ended. */
    static void wakeUsersOf(String home) {
        ENTRIES.forEach((key, entry) -> {
            Occupant occupant = key.home().equals(home) ? entry.get() : null;
            if (occupant != null) {
                occupant.wakeAll();
            }
        });
    }

    private static void forgetTheGone() {
        for (Object gone; (gone = GONE.poll()) != null;) {
            Entry entry = (Entry) gone;
            ENTRIES.remove(entry.key, entry);
        }
    }
}
