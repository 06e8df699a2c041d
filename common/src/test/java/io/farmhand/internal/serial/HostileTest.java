package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes made to burn memory or time are refused at once, and a user's own data is not. */
@Timeout(20)
class HostileTest {
    private static final String MANY = "\u007f\u00ff\u00ff\u00ff";

    /** A link of a chain that nests as deep as it is long. */
    record Link(@Nullable Object next) implements Serializable {}

    /** A tree as people write them. */
    record Tree(String name, List<Tree> children) implements Serializable {}

    private static void assertRejected(ByteBuffer item, String... words) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> Codec.FILTERING.read(item)).isInstanceOf(UnreadableValueException.class)
                .message().contains(words).contains("bound=");
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(900_000_000L);
        assertThat(readable()).isTrue();
    }

    private static boolean readable() {
        try {
            return Codec.FILTERING.read(Codec.encode(Map.of(1, 2))) instanceof Map;
        } catch (UnwritableValueException | UnreadableValueException e) {
            return false;
        }
    }

    /** Effective Java's bomb: each level holds both sets of the next. */
    private static Set<Object> bomb(int depth) {
        Set<Object> root = new HashSet<>();
        Set<Object> first = root;
        Set<Object> second = new HashSet<>();
        for (int i = 0; i < depth; i++) {
            Set<Object> nextFirst = new HashSet<>();
            Set<Object> nextSecond = new HashSet<>();
            nextFirst.add("foo");
            first.add(nextFirst);
            first.add(nextSecond);
            second.add(nextFirst);
            second.add(nextSecond);
            first = nextFirst;
            second = nextSecond;
        }
        return root;
    }

    @Test
    void nestedHashSetsAreRejected() throws Exception {
        // Filled from the outside in, and writing does not hash: only reading is exponential.
        ByteBuffer bytes = Codec.encode(bomb(100));
        assertThat(bytes.remaining()).isLessThan(6_000);
        assertRejected(bytes, "map or a set", "bound=20");
    }

    @Test
    void aBombBehindAnotherSetOrInsideAListIsRejected() throws Exception {
        assertRejected(Codec.encode(new Object[]{new HashSet<>(List.of(1)), bomb(100)}), "bound=20");
        assertRejected(Codec.encode(new ArrayList<>(List.of("x", bomb(100)))), "bound=20");
    }

    @Test
    void immutableSetsNestedInEachOtherAreRejected() throws Exception {
        // Made by hand from the inside, no deeper than hashing them here allows.
        Set<Object> first = Set.of();
        Set<Object> second = Set.of("x");
        for (int i = 0; i < 15; i++) {
            Set<Object> nextFirst = Set.of(first, second);
            second = Set.of(first, second, i);
            first = nextFirst;
        }
        List<Object> wrapped = List.of(first);
        for (int i = 0; i < 10; i++) {
            wrapped = List.of(wrapped);
        }
        assertRejected(Codec.encode(wrapped), "immutable collections", "bound=20");
    }

    @Test
    void aStructureNestedAHundredThousandDeepIsRejected() throws Exception {
        for (UnaryOperator<@Nullable Object> wrap : List.<UnaryOperator<@Nullable Object>>of(
                inner -> new Object[]{inner}, inner -> new Link(inner),
                inner -> new ArrayList<>(Arrays.asList(inner)))) {
            ByteBuffer[] bytes = new ByteBuffer[1];
            Object value = null;
            for (int i = 0; i < 100_000; i++) {
                value = wrap.apply(value);
            }
            Object root = value;
            Throwable[] failure = new Throwable[1];
            Thread thread = new Thread(null, () -> {
                try {
                    bytes[0] = Codec.encode(root);
                } catch (UnwritableValueException e) {
                    failure[0] = e;
                }
            }, "deep stack", 2L << 30);
            thread.start();
            thread.join();
            assertThat(failure[0]).isNull();
            // A small stack may overflow before the bound of 1000 is met.
            assertThatThrownBy(() -> Codec.FILTERING.read(bytes[0])).isInstanceOf(UnreadableValueException.class)
                    .hasMessageMatching(".*nested too deeply, depth=1001 bound=1000.*|.*the stack overflowed.*");
            assertThatThrownBy(() -> Codec.TRUSTING.read(bytes[0])).isInstanceOf(UnreadableValueException.class)
                    .hasMessageContaining("stack overflowed");
            assertThat(Codec.TRUSTING.read(Codec.encode(List.of(List.of())))).isEqualTo(List.of(List.of()));
        }
    }

    /** The bytes of a value in which the one place that reads like the marker is replaced. */
    private static ByteBuffer claiming(Object value, byte[] marker, byte[] claim) throws Exception {
        String text = new String(Codec.bytes(value), StandardCharsets.ISO_8859_1);
        String from = new String(marker, StandardCharsets.ISO_8859_1);
        assertThat(text.split(java.util.regex.Pattern.quote(from), -1)).as("one marker").hasSize(2);
        String changed = text.replace(from, new String(claim, StandardCharsets.ISO_8859_1));
        return Codec.over(changed.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] concat(byte[] first, String second) {
        byte[] tail = second.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(first, first.length + tail.length);
        System.arraycopy(tail, 0, all, first.length, tail.length);
        return all;
    }

    @Test
    void claimsOfTwoBillionElementsAreRejected() throws Exception {
        byte[] endOfClass = {ObjectStreamConstants.TC_ENDBLOCKDATA, ObjectStreamConstants.TC_NULL};
        assertRejected(claiming(new Object[0], concat(endOfClass, "\0\0\0\0"), concat(endOfClass, MANY)),
                "arrayLength=2147483647");
        assertRejected(claiming(new Object[]{new long[0]}, concat(endOfClass, "\0\0\0\0"),
                concat(endOfClass, MANY)), "arrayLength=2147483647");
        byte[] three = {ObjectStreamConstants.TC_NULL, 0, 0, 0, 3};
        ArrayList<Object> list = new ArrayList<>(Arrays.asList(new Object[]{"a", List.of(), null}));
        assertRejected(claiming(list, three, concat(new byte[]{ObjectStreamConstants.TC_NULL}, MANY)),
                "arrayLength=2147483647");
        HashMap<Object, Object> map = new HashMap<>(Map.of("a", 1, "b", 2, "c", 3));
        assertRejected(claiming(map, new byte[]{0, 0, 0, 3, ObjectStreamConstants.TC_STRING},
                concat(new byte[0], MANY + (char) ObjectStreamConstants.TC_STRING)), "class=java.util.Map$Entry[]");
    }

    @Test
    void claimsOfTheFastKindsAreRefusedBeforeAnythingIsAllocated() throws Exception {
        for (byte tag = 0; tag < 30; tag++) {
            for (byte element = 0; element < 30; element++) {
                byte[][] claims = {{tag, -1, -1, -1, 127}, {tag, element, -1, -1, -1, 127}, {tag, 0, 0, 0, -128},
                        {tag, element, -1, -1, -1, -1, 1}, {tag, 2, 0, 0, 0, element}};
                for (byte[] claim : claims) {
                    FuzzTest.readOrRefuse(Codec.TRUSTING, Codec.over(claim));
                }
            }
        }
    }

    @Test
    void aSwallowedRejectionIsStillOne() throws Exception {
        assertRejected(Codec.encode(new Forgiving()), "map or a set", "bound=20");
    }

    /** Hides whatever happens in reading its own part. */
    static final class Forgiving implements Serializable {
        private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
            Object chain = null;
            for (int i = 0; i < 30; i++) {
                chain = new Link(chain);
            }
            out.writeObject(new HashMap<>(Map.of("chain", chain)));
        }

        private void readObject(java.io.ObjectInputStream in) throws ClassNotFoundException {
            try {
                in.readObject();
            } catch (java.io.IOException e) {
                // Forgiven.
            }
        }
    }

    private static Tree tree(int depth) {
        return new Tree("node", depth == 0 ? List.of() : List.of(tree(depth - 1), new Tree("leaf", List.of())));
    }

    /** What people return from tasks. */
    @Test
    @SuppressWarnings("IdentityHashMapUsage")
    void aUsersOwnDataPasses() throws Exception {
        Object chain = null;
        for (int i = 0; i < 200; i++) {
            chain = new Link(chain);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        for (int i = 0; i < 8; i++) {
            json = new LinkedHashMap<>(Map.of("child", json, "list", new ArrayList<>(List.of(1, 2, Map.of()))));
        }
        Map<Integer, String> large = new HashMap<>();
        Random random = new Random(1);
        IntStream.range(0, 100_000).forEach(i -> large.put(random.nextInt(), "v" + i));
        Map<Integer, Boolean> spread = new HashMap<>(4, 0.25f);
        IntStream.range(0, 1_025).forEach(i -> spread.put(i, true));
        Set<Byte> bytes = new HashSet<>(4, 0.25f);
        IntStream.range(-128, 128).forEach(i -> bytes.add((byte) i));
        Object[] nulls = new Object[100_000];
        for (Object value : List.of(chain, json, large, spread, bytes, nulls, new boolean[100][100], tree(100),
                new ConcurrentHashMap<>(large), new TreeMap<>(large), Set.copyOf(large.keySet()), Map.copyOf(large),
                new HashMap<>(Map.of("tree", tree(8))), List.of(List.of(List.of(Set.of(1)))),
                new IllegalStateException("x", new RuntimeException("y")), new java.util.BitSet(10_000),
                new java.util.ArrayDeque<>(List.of(1, 2)), new java.util.PriorityQueue<>(List.of(1, 2)),
                new java.util.EnumMap<>(Map.of(Thread.State.NEW, 1)), new java.util.IdentityHashMap<>(Map.of("a", 1)),
                java.time.LocalDate.of(2025, 1, 1), java.util.UUID.randomUUID())) {
            ByteBuffer encoded = Codec.encode(value);
            assertThat(Codec.FILTERING.read(encoded)).hasSameClassAs(value);
        }
    }
}
