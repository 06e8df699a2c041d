package io.farmhand.internal.serial;

import java.io.ObjectInputFilter;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The filter of one payload that comes from a worker: bounds that a user's own data does not meet and that stop the
 * known ways to burn memory or time with a few bytes.
 *
 * <p><b>Arrays.</b> An array, or the table of a collection, is allocated before its elements are read. It may have no
 * more elements than the payload could hold: each takes a byte at least, and a table up to four times its entries.
 *
 * <p><b>Depth.</b> A structure deeper than 1,000 is refused. On a small stack less than that may overflow it, which
 * the reader survives.
 *
 * <p><b>Depth in hash collections.</b> Sets nested in sets, each holding two of the level below, take time
 * exponential in the depth, because adding to a set asks the whole tree for its hash code, and a filter is not
 * called meanwhile: 1.5 kB of depth 100 would run for ever. So nothing may be deeper than 20 below the outermost
 * map or set. Immutable sets do the same but look like immutable lists from here, and those a user's tree may well
 * nest through its own classes: only those that stand in each other directly are counted.
 *
 * <p><b>How it knows.</b> The stream names a class to the filter when it first comes; of later objects of the class
 * only their depth is told. But {@code HashMap}, {@code HashSet} and what is built on them ask for a table of
 * {@code Map.Entry} each time, and immutable collections for an {@code Object[]}, so these are always seen.
 *
 * <p>This is a net for accidents and simple attacks, not a wall: classes with a costly {@code readObject} of their own
 * are let through, and equal parts that refer to each other can take long to hash. Which classes there may be is the
 * {@link ClassRule}'s. A filter set for the whole JVM ({@code jdk.serialFilter}) is asked too.
 */
final class ResultFilter implements ObjectInputFilter {
    static final int MAX_DEPTH = 1_000;
    static final int MAX_DEPTH_IN_HASH = 20;
    private static final int SPARE_ELEMENTS = 64;
    private static final int ELEMENTS_PER_BYTE = 4;
    private static final String IMMUTABLE = "java.util.CollSer";
    private static final String FLATTER = ". If the value is meant to be so, send it in a flatter form, such as arrays or"
            + " lists of records.";

    private final long payloadBytes;
    private final ClassRule rule;
    private final @Nullable ObjectInputFilter whole = Config.getSerialFilter();
    /** The depth of the outermost map or set that is being read, 0 when there is none. */
    private long hashDepth;
    /** How many immutable collections stand directly in each other down to a depth; null until the first comes. */
    private int @Nullable [] nested;
    private @Nullable String rejection;

    ResultFilter(int payloadBytes, ClassRule rule) {
        this.payloadBytes = payloadBytes;
        this.rule = rule;
    }

    /** What was wrong and what to do, in words, or null when nothing was. */
    @Nullable
    String rejection() {
        return rejection;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        if (rejection == null) {
            rejection = check(info);
        }
        return rejection == null ? Status.ALLOWED : Status.REJECTED;
    }

    private @Nullable String check(FilterInfo info) {
        Class<?> type = info.serialClass();
        String passed = checkBounds(info, type);
        if (passed != null) {
            return passed + FLATTER;
        }
        if (whole != null && whole.checkInput(info) == Status.REJECTED) {
            return "the filter of the whole JVM (jdk.serialFilter) rejects it, class="
                    + (type == null ? "unknown" : Names.of(type)) + ". Change that filter, or send something else.";
        }
        String refusal = rule.refusal(info);
        if (refusal != null) {
            return refusal;
        }
        String nestedTooDeeply = checkCollections(type, info.arrayLength(), info.depth());
        return nestedTooDeeply == null ? null : nestedTooDeeply + FLATTER;
    }

    private @Nullable String checkBounds(FilterInfo info, @Nullable Class<?> type) {
        long maxElements = SPARE_ELEMENTS + ELEMENTS_PER_BYTE * payloadBytes;
        if (info.arrayLength() > maxElements) {
            return "an array or a collection is too long for its payload, class="
                    + (type == null ? "unknown" : Names.of(type)) + " arrayLength=" + info.arrayLength() + " bound="
                    + maxElements + " payloadBytes=" + payloadBytes;
        }
        if (info.references() > payloadBytes) {
            return "more references than bytes, references=" + info.references() + " bound=" + payloadBytes;
        }
        if (info.depth() > MAX_DEPTH) {
            return "objects are nested too deeply, depth=" + info.depth() + " bound=" + MAX_DEPTH;
        }
        return null;
    }

    private @Nullable String checkCollections(@Nullable Class<?> type, long arrayLength, long depth) {
        if (depth <= hashDepth) {
            hashDepth = 0;
        }
        if (hashDepth == 0 && type != null && isHashed(type, arrayLength)) {
            hashDepth = depth;
        }
        if (hashDepth > 0 && depth - hashDepth > MAX_DEPTH_IN_HASH) {
            return "objects are nested too deeply in a map or a set, depthBelow=" + (depth - hashDepth) + " bound="
                    + MAX_DEPTH_IN_HASH;
        }
        return checkImmutable(type, arrayLength, (int) depth);
    }

    private @Nullable String checkImmutable(@Nullable Class<?> type, long arrayLength, int depth) {
        if (nested == null && type != null && type.getName().equals(IMMUTABLE)) {
            nested = new int[MAX_DEPTH + 1];
        }
        if (nested == null || depth < 1) {
            return null;
        }
        nested[depth] = type == Object[].class && arrayLength >= 0 ? nested[depth - 1] + 1 : 0;
        if (nested[depth] > MAX_DEPTH_IN_HASH) {
            return "immutable collections are nested too deeply in each other, levels=" + nested[depth] + " bound="
                    + MAX_DEPTH_IN_HASH;
        }
        return null;
    }

    private static boolean isHashed(Class<?> type, long arrayLength) {
        if (type == Map.Entry[].class) {
            return arrayLength >= 0;
        }
        boolean sorted = SortedMap.class.isAssignableFrom(type) || SortedSet.class.isAssignableFrom(type);
        return !sorted && (Map.class.isAssignableFrom(type) || Set.class.isAssignableFrom(type));
    }
}
