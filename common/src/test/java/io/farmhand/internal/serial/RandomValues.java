package io.farmhand.internal.serial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;

/** Values of all the fast kinds, with a leaning to the odd ones. The same seed gives the same values. */
@NullUnmarked // Nulls are values here.
final class RandomValues {
    private static final int PLAIN_KINDS = 11;
    private static final int ARRAY_KINDS = 8;

    private final Random random;

    RandomValues(long seed) {
        random = new Random(seed);
    }

    Object value() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> plain(random.nextInt(PLAIN_KINDS));
            case 2 -> array(random.nextInt(ARRAY_KINDS), length());
            case 3 -> strings();
            case 4 -> homogeneous();
            case 5, 6 -> mixed();
            default -> new Pair(half(), half());
        };
    }

    private Object half() {
        return random.nextBoolean() ? mixed() : plain(random.nextInt(PLAIN_KINDS));
    }

    private int length() {
        return random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(300);
    }

    private Object homogeneous() {
        int kind = random.nextInt(PLAIN_KINDS);
        return list(length(), i -> plain(kind));
    }

    private Object mixed() {
        return list(length(), i -> random.nextInt(5) == 0
                ? array(random.nextInt(ARRAY_KINDS), random.nextInt(9))
                : plain(random.nextInt(PLAIN_KINDS)));
    }

    private Object list(int length, IntFunction<Object> element) {
        Object[] elements = new Object[length];
        Arrays.setAll(elements, element);
        return switch (random.nextInt(3)) {
            case 0 -> new ArrayList<>(Arrays.asList(elements));
            case 1 -> Arrays.stream(elements).toList();
            default -> List.of(Arrays.stream(elements).filter(e -> e != null).toArray());
        };
    }

    private String[] strings() {
        String[] strings = new String[length()];
        Arrays.setAll(strings, i -> random.nextInt(5) == 0 ? null : string());
        return strings;
    }

    String string() {
        int range = random.nextBoolean() ? 0x100 : 0x10000;
        char[] chars = new char[random.nextInt(4) == 0 ? 0 : random.nextInt(40)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) random.nextInt(range);
        }
        return new String(chars);
    }

    private Object plain(int kind) {
        return switch (kind) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> (char) random.nextInt();
            case 5 -> odd(random::nextInt, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1);
            case 6 -> odd(random::nextLong, Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L);
            case 7 -> odd(() -> Float.intBitsToFloat(random.nextInt()), -0.0f, Float.intBitsToFloat(0x7fc01234),
                    Float.MIN_VALUE, Float.NEGATIVE_INFINITY);
            case 8 -> odd(() -> Double.longBitsToDouble(random.nextLong()), -0.0,
                    Double.longBitsToDouble(0x7ff8000012345678L), Double.MIN_VALUE, Double.POSITIVE_INFINITY);
            default -> string();
        };
    }

    @SafeVarargs
    private <T> T odd(Supplier<T> usual, T... odd) {
        return random.nextInt(3) == 0 ? odd[random.nextInt(odd.length)] : usual.get();
    }

    private Object array(int kind, int length) {
        return switch (kind) {
            case 0 -> {
                boolean[] array = new boolean[length];
                for (int i = 0; i < length; i++) {
                    array[i] = random.nextBoolean();
                }
                yield array;
            }
            case 1 -> {
                byte[] array = new byte[length];
                random.nextBytes(array);
                yield array;
            }
            case 2 -> {
                short[] array = new short[length];
                for (int i = 0; i < length; i++) {
                    array[i] = (short) random.nextInt();
                }
                yield array;
            }
            case 3 -> {
                char[] array = new char[length];
                for (int i = 0; i < length; i++) {
                    array[i] = (char) random.nextInt();
                }
                yield array;
            }
            case 4 -> random.ints(length).toArray();
            case 5 -> random.longs(length).toArray();
            case 6 -> {
                float[] array = new float[length];
                for (int i = 0; i < length; i++) {
                    array[i] = Float.intBitsToFloat(random.nextInt());
                }
                yield array;
            }
            default -> random.longs(length).mapToDouble(Double::longBitsToDouble).toArray();
        };
    }
}
