package io.farmhand.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Equal values have equal hashes, and others have others. */
@SuppressWarnings({"UnusedVariable", "JdkObsolete"}) // fields are read by reflection; any list will do
class ValueHasherTest {
    private static String hash(@Nullable Object value) {
        Sha sha = new Sha();
        new ValueHasher().add(sha, value);
        return sha.hex();
    }

    private static String arguments(List<String> ignored, @Nullable Object... arguments) {
        Sha sha = new Sha();
        new ValueHasher().addArguments(sha, Arrays.asList(arguments), ignored);
        return sha.hex();
    }

    record Point(int x, double y) implements Serializable {}

    record Options(String name, boolean verbose, Point at) implements Serializable {}

    static final class Box implements Serializable {
        private static final long serialVersionUID = 1;
        private final @Nullable Serializable content;
        @SuppressWarnings("unused")
        private final transient int cached = System.identityHashCode(this);

        Box(@Nullable Serializable content) {
            this.content = content;
        }
    }

    static final class Node implements Serializable {
        private static final long serialVersionUID = 1;
        private final String name;
        private @Nullable Node next;

        Node(String name) {
            this.name = name;
        }

        static Node ring(String... names) {
            Node first = new Node(names[0]);
            Node last = first;
            for (int i = 1; i < names.length; i++) {
                Node node = new Node(names[i]);
                last.next = node;
                last = node;
            }
            last.next = first;
            return first;
        }
    }

    /** Writes what it has by itself. */
    static final class Own implements Serializable {
        private static final long serialVersionUID = 1;
        private final transient int value;

        Own(int value) {
            this.value = value;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(value);
        }
    }

    /** Is replaced. */
    static final class Proxied implements Serializable {
        private static final long serialVersionUID = 1;
        private final transient int value;

        Proxied(int value) {
            this.value = value;
        }

        private Object writeReplace() {
            return new Point(value, 0);
        }
    }

    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;
        private final int limit;

        Names(int limit, String... names) {
            super(List.of(names));
            this.limit = limit;
        }

        int limit() {
            return limit;
        }
    }

    static Stream<List<@Nullable Object>> different() {
        return Stream.of(
                Arrays.asList(null, 0, 0L, 0.0, -0.0, 0.0f, (short) 0, (byte) 0, (char) 0, false, "", "0", List.of(),
                        Set.of(), Map.of(), Optional.empty(), new int[0], new long[0], new Object[0], new String[0],
                        BigInteger.ZERO, BigDecimal.ZERO, new BigDecimal("0.0"), Path.of(""), new Box(null)),
                List.of("ab", List.of("a", "b"), List.of("ab"), List.of(List.of("a"), "b"), List.of("a", List.of("b")),
                        List.of("b", "a"), Set.of("a", "b"), Map.of("a", "b"), new String[]{"a", "b"}),
                List.of(new Point(1, 2), new Point(2, 1), new Options("a", true, new Point(1, 2)),
                        new Options("a", false, new Point(1, 2)), new Options("a", true, new Point(1, 3))),
                List.of(TimeUnit.SECONDS, TimeUnit.MINUTES, "SECONDS"),
                List.of(new Box("a"), new Box("b"), new Box(new Box("a")), "a"),
                List.of(Node.ring("a"), Node.ring("a", "b"), Node.ring("b", "a"), new Node("a")),
                List.of(new Own(1), new Own(2), new Proxied(1), new Proxied(2), new Point(1, 0)),
                List.of(new Names(1, "a"), new Names(2, "a"), new Names(1, "b"), List.of("a")),
                List.of(Instant.EPOCH, Instant.EPOCH.plusNanos(1), LocalDate.EPOCH, LocalDate.EPOCH.plusDays(1)),
                List.of(new double[]{0.0}, new double[]{-0.0}, new long[]{0}),
                List.of(Integer.class, Long.class, "java.lang.Integer"),
                List.of(Locale.ROOT, Locale.GERMAN));
    }

    @ParameterizedTest
    @MethodSource("different")
    void differentValuesHaveDifferentHashes(List<@Nullable Object> values) {
        assertThat(values.stream().map(ValueHasherTest::hash)).doesNotHaveDuplicates();
    }

    static Stream<List<@Nullable Object>> equal() {
        Map<String, Integer> backwards = new LinkedHashMap<>();
        Map<String, Integer> forwards = new LinkedHashMap<>();
        IntStream.range(0, 100).forEach(i -> forwards.put("k" + i, i));
        IntStream.range(0, 100).forEach(i -> backwards.put("k" + (99 - i), 99 - i));
        List<Integer> numbers = IntStream.range(0, 50).boxed().toList();
        List<Integer> reversed = numbers.reversed();
        return Stream.of(
                List.of(Double.NaN, Double.longBitsToDouble(0x7ff8000000000001L), Double.valueOf(Double.NaN)),
                List.of(new double[]{Double.NaN}, new double[]{Double.longBitsToDouble(0x7ff8000000000001L)}),
                List.of("ab", String.join("", "a", "b")),
                List.of(1000, Integer.valueOf("1000")),
                List.of(List.of(1, 2), new ArrayList<>(List.of(1, 2)), Arrays.asList(1, 2),
                        new LinkedList<>(List.of(1, 2)),
                        Collections.unmodifiableList(Arrays.asList(1, 2)), Stream.of(1, 2).toList()),
                List.of(new HashSet<>(numbers), new LinkedHashSet<>(numbers), new LinkedHashSet<>(reversed),
                        new TreeSet<>(numbers), Set.copyOf(numbers)),
                List.of(forwards, backwards, new HashMap<>(forwards), new TreeMap<>(forwards), Map.copyOf(forwards)),
                List.of(Map.of("a", Set.of(1, 2)), new TreeMap<>(Map.of("a", new LinkedHashSet<>(List.of(2, 1))))),
                List.of(new Point(1, Double.NaN), new Point(1, Double.NaN)),
                List.of(new Box(new Point(1, 2)), new Box(new Point(1, 2))),
                List.of(Node.ring("a", "b"), Node.ring("a", "b")),
                List.of(new Own(1), new Own(1)), List.of(new Proxied(1), new Proxied(1)),
                List.of(new Names(1, "a"), new Names(1, "a")),
                List.of(Optional.of("a"), Optional.of("a")),
                List.of(new UUID(1, 2), new UUID(1, 2)),
                List.of(Path.of("a", "b"), Path.of("a/b")),
                List.of(MemorySegment.ofArray(new byte[]{1, 2}), MemorySegment.ofArray(new byte[]{1, 2}).asReadOnly()),
                List.of(new BigDecimal("1.50"), new BigDecimal("1.50")),
                List.of(Locale.GERMAN, Locale.forLanguageTag("de")));
    }

    @ParameterizedTest
    @MethodSource("equal")
    void equalValuesHaveEqualHashes(List<@Nullable Object> values) {
        assertThat(values.stream().map(ValueHasherTest::hash).distinct()).as("%s", values).hasSize(1);
    }

    @Test
    void itMakesNoDifferenceWhetherTwoAreOne() {
        Point point = new Point(1, 2);
        List<Integer> list = List.of(1, 2);
        assertThat(hash(List.of(point, point))).isEqualTo(hash(List.of(point, new Point(1, 2))));
        assertThat(hash(List.of(list, List.of(list)))).isEqualTo(hash(List.of(List.of(1, 2), List.of(List.of(1, 2)))));
    }

    @Test
    void whatIsReachedInManyWaysIsHashedOnce() {
        Object shared = List.of("x");
        for (int i = 0; i < 60; i++) {
            shared = List.of(shared, shared); // 2^60 ways
        }
        assertThat(hash(shared)).hasSize(64);
    }

    @Test
    void aKeyMayBeReachedFromItself() {
        IdentityHashMap<Object, Object> map = new IdentityHashMap<>();
        map.put("self", map);
        IdentityHashMap<Object, Object> other = new IdentityHashMap<>();
        other.put("self", other);
        assertThat(hash(map)).isEqualTo(hash(other));
    }

    @Test
    void aLongChainIsRefused() {
        Node last = new Node("last");
        for (int i = 0; i < 1_000_000; i++) {
            Node node = new Node("n");
            node.next = last;
            last = node;
        }
        Node first = last;
        assertThatThrownBy(() -> hash(first)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chain");
    }

    @Test
    void whatIsNotSerializableIsRefusedByName() {
        assertThatThrownBy(() -> hash(List.of(new Thread()))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Thread");
        assertThatThrownBy(() -> hash(new Box((Serializable & Runnable) Thread.currentThread()::interrupt)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("java.lang.Thread");
    }

    @Test
    void functionsAmongArgumentsCount() {
        RemoteFunction<Integer, Integer> one = x -> x + 1;
        RemoteFunction<Integer, Integer> two = x -> x + 2;
        assertThat(hash(one)).isEqualTo(hash(one)).isNotEqualTo(hash(two));
    }

    // ---- ignored components ----

    @Test
    void leavesComponentsOut() {
        Options quiet = new Options("a", false, new Point(1, 2));
        Options verbose = new Options("a", true, new Point(1, 2));
        Options other = new Options("b", false, new Point(1, 2));
        List<String> ignored = List.of("verbose");
        assertThat(arguments(ignored, quiet)).isEqualTo(arguments(ignored, verbose))
                .isNotEqualTo(arguments(ignored, other)).isNotEqualTo(arguments(List.of(), quiet));
        assertThat(arguments(ignored, 1, quiet)).isEqualTo(arguments(ignored, 1, verbose))
                .isNotEqualTo(arguments(ignored, 2, quiet));
    }

    @Test
    void refusesToLeaveOutWhatIsNotThere() {
        assertThatThrownBy(() -> arguments(List.of("verbos"), new Options("a", true, new Point(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[verbos]").hasMessageContaining("Options[name, verbose, at]");
        assertThatThrownBy(() -> arguments(List.of("x"), "text")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void twoArgumentsAreNotOneList() {
        assertThat(arguments(List.of(), "a", "b")).isNotEqualTo(arguments(List.of(), List.of("a", "b")))
                .isNotEqualTo(arguments(List.of(), "ab"));
    }
}
