package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes in comes out, of the same kind. */
@NullUnmarked // Nulls are values here.
class RoundTripTest {
    /** Equal to the bit: arrays by their elements, floating point by its raw bits, lists by their class too. */
    static void assertSame(Object actual, Object expected) {
        if (expected instanceof Double number) {
            assertThat(Double.doubleToRawLongBits((Double) actual)).isEqualTo(Double.doubleToRawLongBits(number));
        } else if (expected instanceof Float number) {
            assertThat(Float.floatToRawIntBits((Float) actual)).isEqualTo(Float.floatToRawIntBits(number));
        } else if (expected instanceof float[] array) {
            assertThat(bits((float[]) actual)).isEqualTo(bits(array));
        } else if (expected instanceof double[] array) {
            assertThat(bits((double[]) actual)).isEqualTo(bits(array));
        } else if (expected instanceof List<?> list) {
            assertThat(actual).hasSameClassAs(expected);
            List<?> other = (List<?>) actual;
            assertThat(other).hasSize(list.size());
            for (int i = 0; i < list.size(); i++) {
                assertSame(other.get(i), list.get(i));
            }
        } else if (expected instanceof Pair pair) {
            assertSame(((Pair) actual).first(), pair.first());
            assertSame(((Pair) actual).second(), pair.second());
        } else {
            assertThat(actual).isEqualTo(expected);
            if (expected != null) {
                assertThat(actual).hasSameClassAs(expected);
            }
        }
    }

    private static int[] bits(float[] array) {
        return IntStream.range(0, array.length).map(i -> Float.floatToRawIntBits(array[i])).toArray();
    }

    private static long[] bits(double[] array) {
        return Arrays.stream(array).mapToLong(Double::doubleToRawLongBits).toArray();
    }

    @Test
    void randomValuesOfAllFastKindsComeBackEqual() throws Exception {
        RandomValues values = new RandomValues(20250923);
        for (int i = 0; i < 1_500; i++) {
            Object value = values.value();
            ByteBuffer encoded = Codec.encode(value);
            assertThat(encoded.get(0)).isNotEqualTo(Tag.JDK);
            assertSame(Codec.FILTERING.read(encoded), value);
            assertThat(encoded.position()).isZero();
        }
    }

    static Stream<Arguments> fastValues() {
        return Stream.<Object>of(true, false, Byte.MIN_VALUE, Short.MIN_VALUE, Character.MAX_VALUE, Integer.MAX_VALUE,
                Long.MIN_VALUE, Float.intBitsToFloat(0x7f800001), Double.longBitsToDouble(0x7ff0000000000001L), -0.0,
                -0.0f, "", "caf\u00e9", "\ud800 alone \udc00", "\ud83d\ude00", "x".repeat(100_000), new boolean[]{true},
                new byte[0], new short[]{-1}, new char[]{'\ud800'}, new int[]{1, 2}, new long[]{Long.MIN_VALUE},
                new float[]{Float.NaN}, new double[]{-0.0}, new String[]{null, "", "\u20ac"}, new String[0],
                new ArrayList<>(), List.of(), List.of(1), List.of(1, 2), List.of("a", 2, 3.0), Stream.of().toList(),
                Stream.of(1).toList(), Stream.of(1, null).toList(), Stream.of(1, 2, 3).toList(),
                new ArrayList<>(Arrays.asList(1, null, "b", new int[]{4})), new Pair(null, null), new Pair(1, "b"),
                new Pair(new int[]{1}, List.of(1L, 2L))).map(value -> Arguments.of(value));
    }

    @ParameterizedTest
    @MethodSource("fastValues")
    void aFastValueComesBackEqualWithoutJdkSerialization(Object value) throws Exception {
        ByteBuffer encoded = Codec.encode(value);
        assertThat(encoded.get(0)).isNotEqualTo(Tag.JDK);
        assertSame(Codec.TRUSTING.read(encoded), value);
        ByteBuffer direct = ByteBuffer.allocateDirect(encoded.remaining() + 3).position(3);
        direct.put(encoded.duplicate()).position(3);
        assertSame(Codec.TRUSTING.read(direct), value);
        assertSame(Codec.TRUSTING.read(encoded.asReadOnlyBuffer()), value);
    }

    @Test
    void anEmptyListOfStreamToListStillAsksForNullWithoutThrowing() throws Exception {
        assertThat(((List<?>) Codec.roundTrip(Stream.of(1, 2, 3).toList())).contains(null)).isFalse();
        List<?> strict = (List<?>) Codec.roundTrip(List.of(1, 2, 3));
        assertThatThrownBy(() -> strict.contains(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void nullComesBackAsNull() throws Exception {
        assertThat(Codec.roundTrip(null)).isNull();
        assertThat(Codec.tag(null)).isEqualTo(Tag.NULL);
    }

    record Order(String id, List<Integer> lines) implements java.io.Serializable {}

    @Test
    void everythingElseGoesThroughTheJdk() throws Exception {
        for (Object value : List.of(new BigInteger("12345678901234567890"), new BigDecimal("1.50"),
                new TreeSet<>(List.of(1)), Map.of("a", 1), new Order("x", List.of(1)), Arrays.asList(1, 2),
                new Object[]{1}, List.of(List.of(1)), new Pair(new Order("a", List.of()), new Order("b", List.of())))) {
            assertThat(Codec.tag(value)).isEqualTo(Tag.JDK);
            assertThat(Codec.roundTrip(value)).isEqualTo(value);
        }
    }

    static final class Special extends ArrayList<Integer> {}

    @Test
    void aSubclassOfArrayListIsNotTakenForAnArrayList() throws Exception {
        Special special = new Special();
        special.add(1);
        assertThat(Codec.tag(special)).isEqualTo(Tag.JDK);
        assertThat(Codec.roundTrip(special)).isInstanceOf(Special.class).isEqualTo(special);
    }

    @Test
    void aListThatHoldsOneArrayTwiceStillDoesAfterwards() throws Exception {
        int[] shared = {1};
        List<?> back = (List<?>) Codec.roundTrip(new ArrayList<>(List.of(shared, "x", shared)));
        assertThat(back.get(0)).isSameAs(back.get(2)).isEqualTo(shared);
    }

    @Test
    void aListOfOneLongStringManyTimesStaysSmall() throws Exception {
        String text = "x".repeat(1_000_000);
        assertThat(Codec.encode(Stream.generate(() -> text).limit(100).toList()).remaining()).isLessThan(1_100_000);
    }

    @Test
    void aPairOfOneObjectStaysThat() throws Exception {
        int[] shared = {1};
        Pair back = (Pair) Codec.roundTrip(new Pair(shared, shared));
        assertThat(back.first()).isSameAs(back.second());
        List<Object> list = Collections.synchronizedList(new ArrayList<>());
        Pair lists = (Pair) Codec.roundTrip(new Pair(list, List.of(list)));
        assertThat(((List<?>) lists.second()).getFirst()).isSameAs(lists.first());
    }

    @Test
    void aPairWithOneFastHalfKeepsItFast() throws Exception {
        for (Pair pair : List.of(new Pair(Map.of(1, 2), 3), new Pair(3, Map.of(1, 2)))) {
            assertThat(Codec.tag(pair)).isEqualTo(Tag.PAIR);
            assertThat(Codec.roundTrip(pair)).isEqualTo(pair);
        }
        Pair nested = new Pair(new Pair(1, 2), new Pair("a", null));
        assertThat(Codec.roundTrip(nested)).isEqualTo(nested);
    }

    @Test
    void aFunctionComesBackWithWhatItCaptured() throws Exception {
        int[] weights = {1, 2, 3};
        RemoteFunction<Integer, Integer> function = i -> weights[i];
        ByteBuffer encoded = Codec.encode(function);
        @SuppressWarnings("unchecked")
        RemoteFunction<Integer, Integer> back = (RemoteFunction<Integer, Integer>) Codec.TRUSTING.read(encoded);
        assertThat(back.apply(2)).isEqualTo(3);
    }

    interface Greeter {
        String greet();
    }

    record Answer(String text) implements java.lang.reflect.InvocationHandler, java.io.Serializable {
        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return text;
        }
    }

    @Test
    void proxiesAndPrimitiveClassesAreFound() throws Exception {
        Greeter greeter = (Greeter) java.lang.reflect.Proxy.newProxyInstance(Greeter.class.getClassLoader(),
                new Class<?>[]{Greeter.class}, new Answer("hello"));
        assertThat(((Greeter) Codec.roundTrip(greeter)).greet()).isEqualTo("hello");
        assertThat(Codec.roundTrip(int.class)).isEqualTo(int.class);
        assertThat(Codec.roundTrip(int[][].class)).isEqualTo(int[][].class);
    }

    @Test
    void aClassThatTheLoaderLacksIsLookedForInTheContextLoader() throws Exception {
        ByteBuffer encoded = Codec.encode(new Order("x", List.of()));
        ValueReader blind = ValueReader.filtering(ClassLoader.getPlatformClassLoader());
        assertThat(blind.read(encoded)).isEqualTo(new Order("x", List.of()));
    }

    @Test
    void aBigEndianBufferIsReadAllTheSame() throws Exception {
        ByteBuffer encoded = Codec.encode(List.of(1, 2)).order(ByteOrder.BIG_ENDIAN);
        assertThat(Codec.TRUSTING.read(encoded)).isEqualTo(List.of(1, 2));
        assertThat(encoded.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }
}
