package io.farmhand.internal.gather;

/** Looks into a gather that only one thread uses, so that a simulation need not wait. */
public final class GatherPeek {
    private GatherPeek() {}

    /** Whether {@link Gather#take} has a run to give at once. */
    public static boolean hasReady(Gather gather) {
        return gather.hasReady();
    }
}
