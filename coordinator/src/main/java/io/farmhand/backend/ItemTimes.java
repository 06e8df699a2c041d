package io.farmhand.backend;

import java.util.Arrays;
import java.util.List;

/**
 * How long the function took for each of some consecutive items, in nanoseconds. Neighbours that took next to
 * nothing are a group with their mean, so that a million small items cost no million numbers. Immutable.
 */
public final class ItemTimes {
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
     * Times of some items, in groups of neighbours.
     *
     * @param means how long each item of a group took, on average; empty where nothing is known
     * @param counts how many items each group has; empty where each has one
     * @param items how many items there are
     * @throws IllegalArgumentException if these are times of neither all items nor of none
     */
    public static ItemTimes of(List<Long> means, List<Integer> counts, int items) {
        int groups = means.size();
        if (groups == 0 && counts.isEmpty()) {
            return NONE;
        }
        long[] each = new long[groups];
        int[] ends = new int[groups];
        boolean whole = counts.isEmpty() || counts.size() == groups;
        long end = 0;
        for (int i = 0; whole && i < groups; i++) {
            int count = counts.isEmpty() ? 1 : counts.get(i);
            end += count;
            whole = count > 0 && end <= items;
            each[i] = means.get(i);
            ends[i] = (int) end;
        }
        if (!whole || end != items) {
            throw new IllegalArgumentException(
                    "times of %d groups with %d counts for %d items".formatted(groups, counts.size(), items));
        }
        return new ItemTimes(each, ends);
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
}
