package io.farmhand.internal.serial;

/**
 * Who is to read what a thread serializes, as far as that decides what may be sent: what stands in the memory of a host is
 * of use there only. A {@link ValueWriter} knows it; the handles that are written ask for it.
 */
public enum Destination {
    /** Processes of this host, or nobody knows who. */
    HERE,
    /** Workers that may be on other hosts. What this process serves or uses over sockets they reach by way of it. */
    WORKERS,
    /** From such a worker, or a process that it has started, to its caller's host, where nobody reaches what is here. */
    BACK;

    private static final ThreadLocal<Destination> CURRENT = ThreadLocal.withInitial(() -> HERE);

    /** For whom the calling thread serializes. */
    public static Destination current() {
        return CURRENT.get();
    }

    /** From now on the calling thread serializes for these; gives for whom it did before, who are to be entered again. */
    Destination enter() {
        Destination outer = CURRENT.get();
        if (outer != this) {
            CURRENT.set(this);
        }
        return outer;
    }
}
