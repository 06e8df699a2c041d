package io.farmhand;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cuts lists and arrays into parts, for functions that take many items at once: {@code pool.map(f, Chunks.of(list,
 * 1000))}. Parts are copies, in order.
 *
 * <p>{@code of} makes parts of one size, the last of which may be shorter. {@code split} makes so many parts, as
 * {@code numpy.array_split} does: their sizes differ by one at most, the longer ones come first, and where there are fewer
 * elements than parts the last ones are empty.
 */
public final class Chunks {
    private Chunks() {}

    /**
     * Parts of {@code size} elements.
     *
     * @param size at least 1
     * @throws IllegalArgumentException when it is less
     */
    public static <T extends @Nullable Object> List<List<T>> of(List<T> list, int size) {
        return bySize(list.size(), size, (from, to) -> new ArrayList<>(list.subList(from, to)));
    }

    /** As {@link #of(List, int)}. */
    public static <T extends @Nullable Object> List<T[]> of(T[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<int[]> of(int[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<long[]> of(long[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<float[]> of(float[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<double[]> of(double[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<byte[]> of(byte[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<short[]> of(short[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<char[]> of(char[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #of(List, int)}. */
    public static List<boolean[]> of(boolean[] array, int size) {
        return bySize(array.length, size, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /**
     * {@code count} parts.
     *
     * @param count at least 1
     * @throws IllegalArgumentException when it is less
     */
    public static <T extends @Nullable Object> List<List<T>> split(List<T> list, int count) {
        return byCount(list.size(), count, (from, to) -> new ArrayList<>(list.subList(from, to)));
    }

    /** As {@link #split(List, int)}. */
    public static <T extends @Nullable Object> List<T[]> split(T[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<int[]> split(int[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<long[]> split(long[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<float[]> split(float[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<double[]> split(double[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<byte[]> split(byte[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<short[]> split(short[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<char[]> split(char[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    /** As {@link #split(List, int)}. */
    public static List<boolean[]> split(boolean[] array, int count) {
        return byCount(array.length, count, (from, to) -> Arrays.copyOfRange(array, from, to));
    }

    private static <P> List<P> bySize(int length, int size, BiFunction<Integer, Integer, P> part) {
        if (size < 1) {
            throw new IllegalArgumentException("size=" + size + " is not at least 1");
        }
        List<P> parts = new ArrayList<>(Math.ceilDiv(length, size));
        for (int from = 0; from < length; from += Math.min(size, length - from)) {
            parts.add(part.apply(from, from + Math.min(size, length - from)));
        }
        return parts;
    }

    private static <P> List<P> byCount(int length, int count, BiFunction<Integer, Integer, P> part) {
        if (count < 1) {
            throw new IllegalArgumentException("count=" + count + " is not at least 1");
        }
        List<P> parts = new ArrayList<>(count);
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + length / count + (i < length % count ? 1 : 0);
            parts.add(part.apply(from, to));
            from = to;
        }
        return parts;
    }
}
