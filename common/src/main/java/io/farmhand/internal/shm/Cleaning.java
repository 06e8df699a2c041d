package io.farmhand.internal.shm;

import java.lang.ref.Cleaner;

/** Gives back what belongs to objects that nothing refers to any more, on the thread {@code farm-cleaner}. */
public final class Cleaning {
    private static final Cleaner CLEANER = Cleaner.create(
            task -> Thread.ofPlatform().daemon().name("farm-cleaner").unstarted(task));

    private Cleaning() {}

    /**
     * Does something once nothing refers to an object any more, or before, by the result.
     *
     * @param action must not refer to the object
     */
    public static Cleaner.Cleanable register(Object object, Runnable action) {
        return CLEANER.register(object, action);
    }
}
