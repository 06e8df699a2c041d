package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.ObjectKey;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.testing.UsersValue;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.regex.Pattern;
import javax.management.BadAttributeValueExpException;
import javax.management.ObjectName;
import javax.naming.CompositeName;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What workers on other hosts may send, and what they may not. */
class StrictTest {
    private static ValueReader strict() {
        return ValueReader.strict(StrictTest.class.getClassLoader());
    }

    private static @Nullable Object read(@Nullable Object value) throws Exception {
        return strict().read(Codec.encode(value));
    }

    private static void assertRefused(Object value, String named) throws Exception {
        ByteBuffer bytes = Codec.encode(value);
        assertThatThrownBy(() -> strict().read(bytes)).as(named).isInstanceOf(UnreadableValueException.class).message()
                .contains("workers on other hosts", "class=" + named, "-Dfarmhand.results.filter=");
        assertThat(Codec.TRUSTING.read(bytes)).as("what a worker on this host may send").isNotNull();
    }

    // ---- values ----

    @Test
    @SuppressWarnings({"AddressSelection", "JdkObsolete", "UnnecessaryStringBuilder"}) // what users may have
    void valuesOfTheJdkPass() throws Exception {
        Map<String, Object> map = new LinkedHashMap<>(Map.of("a", 1, "b", List.of(2.5, "c")));
        for (Object value : new Object[]{1, 2L, 'c', (byte) 3, (short) 4, 5f, 6.0, true, "text", new int[]{1},
                new String[][]{{"a"}}, new Object[]{1, "b", null}, new Integer[]{1}, new Number[]{1, 2.0},
                BigInteger.TEN, new BigDecimal("1.50"), Duration.ofDays(1), LocalDate.of(2025, 1, 1),
                ZonedDateTime.parse("2025-01-01T00:00:00+01:00[Europe/Paris]"), TimeUnit.DAYS, UUID.randomUUID(),
                URI.create("http://localhost/"), InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"),
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 80), new File("a"), Path.of("b"),
                Optional.of(map), OptionalInt.of(1), Locale.ROOT, TimeZone.getTimeZone("Europe/Paris"),
                new GregorianCalendar(2025, 0, 1), new Timestamp(1), String.class, List.class,
                String.CASE_INSENSITIVE_ORDER, map, new HashMap<>(map), new TreeMap<>(map), Map.copyOf(map),
                new ConcurrentHashMap<>(map), new ConcurrentSkipListMap<>(map), Collections.unmodifiableMap(map),
                Collections.synchronizedMap(map), new EnumMap<>(Map.of(TimeUnit.DAYS, 1)),
                new ArrayList<>(List.of(1, map)), new LinkedList<>(List.of(1)), Arrays.asList(1, "a"), List.of(map),
                Collections.nCopies(3, "a"), new LinkedHashSet<>(List.of(1)),
                new TreeSet<String>(Comparator.reverseOrder()), Set.of(1, 2), EnumSet.of(TimeUnit.DAYS),
                new BitSet(100),
                new CopyOnWriteArrayList<>(List.of(1)), new CopyOnWriteArraySet<>(List.of(1))}) {
            assertThat(read(value)).as(value.getClass().getName()).isEqualTo(value);
        }
        for (Object value : new Object[]{new PriorityQueue<>(List.of(2, 1)), new ArrayDeque<>(List.of(1)),
                new ArrayBlockingQueue<>(3),
                new LinkedBlockingQueue<>(List.of(1)), new ConcurrentLinkedDeque<>(List.of(1)), new AtomicInteger(1),
                new AtomicReference<>("a"), new LongAdder(), new StringBuilder("a"), Pattern.compile("a+")}) {
            assertThat(read(value)).as(value.getClass().getName()).hasSameClassAs(value);
        }
        assertThat(read(null)).isNull();
        assertThat(read(Optional.of(MemorySegment.ofArray(new byte[10]))))
                .isInstanceOfSatisfying(Optional.class, segment -> assertThat(segment.get())
                        .isInstanceOfSatisfying(MemorySegment.class, s -> assertThat(s.byteSize()).isEqualTo(10)));
    }

    @Test
    void theUsersOwnClassesPass() throws Exception {
        UsersValue value = new UsersValue("a", List.of(UsersValue.Color.RED, new UsersValue("b", null)));
        assertThat(read(value)).isEqualTo(value);
        assertThat((UsersValue[]) read(new UsersValue[]{value})).containsExactly(value);
        assertThat(read(new HashMap<>(Map.of(value, value)))).isEqualTo(Map.of(value, value));
        assertThat(read(new EnumMap<>(Map.of(UsersValue.Color.RED, value)))).isEqualTo(
                Map.of(UsersValue.Color.RED, value));
    }

    @Test
    void exceptionsPass() throws Exception {
        Exception suppressed = new IllegalStateException("x");
        suppressed.addSuppressed(new IOException("y"));
        for (Throwable thrown : List.of(suppressed, new UncheckedIOException(new IOException("z")),
                new ExecutionException(new UsersValue.Failure("own", suppressed)), new SQLException("s"),
                new OutOfMemoryError("m"), new SSLHandshakeException("h"),
                new HandleClosedException("ours"))) {
            assertThat(read(thrown)).as(thrown.toString()).hasSameClassAs(thrown);
        }
    }

    // ---- gadgets ----

    /** What a user's class path may hold, and no result. */
    private record Handler(Object target) implements InvocationHandler, Serializable {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
            return null;
        }
    }

    @Test
    void otherClassesOfThePlatformAreRefusedByName() throws Exception {
        for (Object value : List.of(new ObjectName("a:b=c"), new BadAttributeValueExpException("x"),
                URI.create("http://localhost/").toURL(), MethodType.methodType(int.class), Level.INFO,
                new CompositeName("a"))) {
            assertRefused(value, value.getClass().getName());
        }
    }

    @Test
    void functionsAndProxiesAreRefused() throws Exception {
        assertRefused((Runnable & Serializable) () -> {}, "java.lang.invoke.SerializedLambda");
        assertRefused(new TreeMap<>((Comparator<String> & Serializable) (a, b) -> b.compareTo(a)),
                "java.lang.invoke.SerializedLambda");
        assertRefused(Comparator.comparing((java.util.function.Function<String, String> & Serializable) s -> s),
                "java.lang.invoke.SerializedLambda");
        Object proxy = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{Comparable.class},
                new Handler("x"));
        assertRefused(proxy, Handler.class.getTypeName()); // what answers for it
        assertRefused(new Handler("x"), Handler.class.getTypeName());
    }

    @Test
    void itDoesNotMatterWhereTheyStand() throws Exception {
        Object gadget = new ObjectName("a:b=c");
        String name = ObjectName.class.getName();
        assertRefused(new UsersValue("a", gadget), name);
        assertRefused(List.of(1, gadget), name);
        assertRefused(new HashMap<>(Map.of(gadget, 1)), name);
        assertRefused(Optional.of(gadget), name);
        assertRefused(new ObjectName[0], name);
        assertRefused(new UsersValue.Failure("a", new BadAttributeValueExpException("x")),
                BadAttributeValueExpException.class.getName());
        assertRefused(new Object[]{null, new Object[]{gadget}}, name);
    }

    @Test
    void handlesAreRefusedSinceTheyNameFilesAndAddressesOfThisHost() throws Exception {
        for (Object handle : List.of(new ObjectKey("/etc", 1), new StaticValueProbe())) {
            ByteBuffer bytes = Codec.encode(handle);
            assertThatThrownBy(() -> strict().read(bytes)).isInstanceOf(UnreadableValueException.class)
                    .hasMessageContaining("names a socket or shared memory")
                    .hasMessageContaining("class=" + handle.getClass().getTypeName())
                    .hasMessageContaining("an object of a Manager that was made here");
        }
    }

    /** Stands for any class of ours that is not listed. */
    private record StaticValueProbe() implements Serializable {}

    // ---- the user's patterns ----

    private static void with(String patterns, Check check) throws Exception {
        System.setProperty(StrictClasses.PROPERTY, patterns);
        try {
            check.run();
        } finally {
            System.clearProperty(StrictClasses.PROPERTY);
        }
    }

    private interface Check {
        void run() throws Exception;
    }

    @Test
    void theUserMayLetOneMoreThrough() throws Exception {
        ObjectName name = new ObjectName("a:b=c");
        with("javax.management.ObjectName", () -> {
            assertThat(read(List.of(name))).isEqualTo(List.of(name));
            assertRefused(new BadAttributeValueExpException("x"), BadAttributeValueExpException.class.getName());
        });
    }

    @Test
    void theUserMayRejectMore() throws Exception {
        with("!io.farmhand.testing.**", () -> assertThatThrownBy(() -> read(new UsersValue("a", 1)))
                .isInstanceOf(UnreadableValueException.class)
                .hasMessageContainingAll("farmhand.results.filter", "class=" + UsersValue.class.getName()));
    }

    @Test
    void boundsHoldForWhatTheUserLetsThrough() throws Exception {
        Object chain = 0;
        for (int i = 0; i < 30; i++) {
            chain = new UsersValue("a", chain);
        }
        ByteBuffer bytes = Codec.encode(new HashMap<>(Map.of(1, chain)));
        with("*", () -> assertThatThrownBy(() -> strict().read(bytes)).hasMessageContaining("bound=20"));
    }

    @Test
    void patternsThatCannotBeReadAreTold() throws Exception {
        with("maxdepth=many", () -> assertThatThrownBy(StrictTest::strict).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("farmhand.results.filter=maxdepth=many", "cannot be read"));
    }
}
