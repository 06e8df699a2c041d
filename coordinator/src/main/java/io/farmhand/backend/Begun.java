package io.farmhand.backend;

/**
 * What a worker is at, or was when it ended.
 *
 * @param attempt the attempt, 0 when there was none
 * @param item the place in its chunk of the item that has begun, or a negative number
 * @param nanos when that began, by {@link System#nanoTime} of this JVM; only where something has begun
 */
public record Begun(long attempt, long item, long nanos) {
    /** As {@code item}: nothing has begun. */
    public static final long NOTHING = -1;
    /** As {@code item}: the function of the attempt's job is being read. */
    public static final long FUNCTION = -2;

    /** Nothing has begun. */
    public static final Begun NONE = new Begun(0, NOTHING, 0);

    /** What has begun cannot be told. */
    public static final Begun UNKNOWN = new Begun(-1, NOTHING, 0);

    /** Something that began at a time that does not matter. */
    public Begun(long attempt, long item) {
        this(attempt, item, 0);
    }

    /** Whether it cannot be told what has begun. */
    public boolean isUnknown() {
        return attempt < 0;
    }

    /** Whether an item had begun. */
    public boolean isItem() {
        return item >= 0;
    }

    /** Whether the worker was reading the function of the attempt's job. */
    public boolean isFunction() {
        return item == FUNCTION;
    }
}
