package io.farmhand.internal.wire;

import io.farmhand.internal.proto.Results;
import java.util.Arrays;

/**
 * Takes down how long the function took for each of some consecutive items. Neighbours that took less than
 * {@link #SHORT_NANOS} are a group with their mean, so that a million small items cost no million numbers. It belongs to one
 * thread.
 */
public final class ItemTimesRecorder {
    /** An item that takes longer has a time of its own. Smaller costs bytes and time, larger blurs what items took. */
    public static final int SHORT_NANOS = 1_000;

    private static final int FIRST_GROUPS = 16;

    private long[] sums = new long[FIRST_GROUPS];
    private int[] counts = new int[FIRST_GROUPS];
    private int groups;
    private int items;
    /** Whether the last group is of short items, which others may join. */
    private boolean isOpen;

    /** How long the next item took. */
    public void add(long nanos) {
        boolean isShort = nanos < SHORT_NANOS;
        if (!isShort || !isOpen) {
            if (groups == sums.length) {
                sums = Arrays.copyOf(sums, 2 * groups);
                counts = Arrays.copyOf(counts, 2 * groups);
            }
            sums[groups] = 0;
            counts[groups] = 0;
            groups++;
            isOpen = isShort;
        }
        sums[groups - 1] += nanos;
        counts[groups - 1]++;
        items++;
    }

    /** How many items there are. */
    public int items() {
        return items;
    }

    /** Writes all down and begins afresh. */
    public void moveTo(Results.Builder results) {
        for (int i = 0; i < groups; i++) {
            results.addItemNanos(sums[i] / counts[i]);
        }
        for (int i = 0; groups < items && i < groups; i++) {
            results.addTimedItems(counts[i]);
        }
        groups = 0;
        items = 0;
        isOpen = false;
    }
}
