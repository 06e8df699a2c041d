package io.farmhand.internal.wire;

import io.farmhand.internal.proto.Results;
import java.util.Arrays;

/**
 * How long the function took for each of some consecutive items, in nanoseconds. Neighbours that took less than
 * {@link #SHORT_NANOS} are a group with their mean, so that a million small items cost no million numbers. Immutable.
 */
public final class ItemTimes {
    /** An item that takes longer has a time of its own. Smaller costs bytes and time, larger blurs what items took. */
    public static final int SHORT_NANOS = 1_000;

    /** Of items whose times are not known. */
    public static final ItemTimes NONE = new ItemTimes(new long[0], new int[0]);

    private final long[] means;
    /** How many items there are up to the end of each group. */
    private final int[] ends;

    private ItemTimes(long[] means, int[] ends) {
        this.means = means;
        this.ends = ends;
    }

    /**
     * What a worker has sent.
     *
     * @throws IllegalArgumentException if it is neither of all items nor of none
     */
    public static ItemTimes of(Results results) {
        int groups = results.getItemNanosCount();
        int counts = results.getTimedItemsCount();
        if (groups == 0 && counts == 0) {
            return NONE;
        }
        long[] means = new long[groups];
        int[] ends = new int[groups];
        boolean whole = counts == 0 || counts == groups;
        long end = 0;
        for (int i = 0; whole && i < groups; i++) {
            int count = counts == 0 ? 1 : results.getTimedItems(i);
            end += count;
            whole = count > 0 && end <= results.getCount();
            means[i] = results.getItemNanos(i);
            ends[i] = (int) end;
        }
        if (!whole || end != results.getCount()) {
            throw new IllegalArgumentException("item_nanos=%d timed_items=%d of count=%d".formatted(groups, counts,
                    results.getCount()));
        }
        return new ItemTimes(means, ends);
    }

    /** Whether the times are not known. */
    public boolean isEmpty() {
        return ends.length == 0;
    }

    /** How many groups of neighbours there are. */
    public int groups() {
        return ends.length;
    }

    /** The place of the first item of a group. */
    public int first(int group) {
        return group == 0 ? 0 : ends[group - 1];
    }

    /** How many items a group has. */
    public int count(int group) {
        return ends[group] - first(group);
    }

    /** How long each item of a group took, on average. */
    public long mean(int group) {
        return means[group];
    }

    /** How long the item at that place took, or its group on average. */
    public long nanos(int place) {
        return means[groupOf(place)];
    }

    private int groupOf(int place) {
        int found = Arrays.binarySearch(ends, place + 1);
        return found >= 0 ? found : -found - 1;
    }

    /** Those of the items from one place to before another; empty where these are. */
    public ItemTimes slice(int from, int to) {
        if (from == to || isEmpty()) {
            return NONE;
        }
        int firstGroup = groupOf(from);
        int lastGroup = groupOf(to - 1);
        int[] cut = Arrays.copyOfRange(ends, firstGroup, lastGroup + 1);
        for (int i = 0; i < cut.length; i++) {
            cut[i] -= from;
        }
        cut[cut.length - 1] = to - from;
        return new ItemTimes(Arrays.copyOfRange(means, firstGroup, lastGroup + 1), cut);
    }

    /** Takes the times down, one after the other. It belongs to one thread. */
    public static final class Recorder {
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
}
