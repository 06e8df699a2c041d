package io.farmhand.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.task.RemoteFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@NullUnmarked
class MemoryTest {
    /** How often functions ran. */
    private static final AtomicInteger RUNS = new AtomicInteger();

    @TempDir
    Path directory;

    private Memory memory;

    @BeforeEach
    void prepare() {
        memory = Memory.at(directory.resolve("cache"));
        RUNS.set(0);
    }

    private static int square(int x) {
        RUNS.incrementAndGet();
        return x * x;
    }

    private static @Nullable Object anything(Object x) {
        RUNS.incrementAndGet();
        return x instanceof String text && text.isEmpty() ? null : x;
    }

    private static int failing(int x) throws IOException {
        RUNS.incrementAndGet();
        throw new IOException("no " + x);
    }

    private Path entry(CachedFunction<?, ?> function) throws IOException {
        List<Path> entries = entries(function);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private List<Path> entries(CachedFunction<?, ?> function) throws IOException {
        Path where = function.id().directory(memory.directory().resolve("farmhand"));
        if (!Files.exists(where)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(where)) {
            return all.toList();
        }
    }

    // ---- results ----

    @Test
    void computesOnce() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        assertThat(cached.contains(3)).isFalse();
        assertThat(cached.apply(3)).isEqualTo(9);
        assertThat(cached.contains(3)).isTrue();
        assertThat(cached.apply(3)).isEqualTo(9);
        assertThat(memory.cache(MemoryTest::square).apply(3)).isEqualTo(9);
        assertThat(RUNS).hasValue(1);
        assertThat(cached.apply(4)).isEqualTo(16);
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void keepsEveryKindOfResult() throws Exception {
        CachedFunction<Object, Object> cached = memory.cache(MemoryTest::anything);
        for (Object value : List.of(1, "text", List.of(1, 2), new Row("a", 1), new int[]{1, 2}, "")) {
            Object first = cached.apply(value);
            int runs = RUNS.get();
            assertThat(cached.apply(value)).isEqualTo(first);
            assertThat(RUNS).hasValue(runs);
        }
        assertThat(cached.apply("")).isNull();
    }

    private record Row(String name, int count) implements Serializable {}

    @Test
    void eachCallGivesAnObjectOfItsOwn() throws Exception {
        CachedFunction<Object, Object> cached = memory.cache(MemoryTest::anything);
        List<Integer> list = new ArrayList<>(List.of(1));
        cached.apply(list);
        Object kept = cached.apply(List.of(1));
        assertThat(kept).isEqualTo(List.of(1)).isNotSameAs(cached.apply(List.of(1)));
    }

    @Test
    void takesTwoArgumentsOrNone() throws Exception {
        CachedBiFunction<Integer, Integer, Integer> product = memory.cache((a, b) -> square(a) * b);
        assertThat(product.apply(2, 3)).isEqualTo(12);
        assertThat(product.apply(2, 3)).isEqualTo(12);
        assertThat(product.contains(2, 3)).isTrue();
        assertThat(product.contains(3, 2)).isFalse();
        int captured = 5;
        CachedCallable<Integer> five = memory.cache(() -> square(captured));
        assertThat(five.contains()).isFalse();
        assertThat(five.call()).isEqualTo(25);
        assertThat(five.call()).isEqualTo(25);
        assertThat(RUNS).hasValue(2);
        assertThat(five.recompute()).isEqualTo(25);
        assertThat(product.recompute(2, 3)).isEqualTo(12);
        assertThat(RUNS).hasValue(4);
        assertThat(five.callAndShelve().get()).isEqualTo(25);
        assertThat(product.callAndShelve(2, 3).get()).isEqualTo(12);
    }

    @Test
    void failuresComeOutAsTheyAreAndAreNotKept() {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::failing);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cached.apply(1)).isExactlyInstanceOf(IOException.class).hasMessage("no 1");
        }
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void recomputesWhenAskedTo() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        cached.apply(3);
        assertThat(cached.recompute(3)).isEqualTo(9);
        assertThat(RUNS).hasValue(2);
        cached.apply(3);
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void aFunctionMayCallItself() throws Exception {
        assertThat(Fibonacci.cached(memory).apply(30)).isEqualTo(832040);
        assertThat(RUNS).hasValue(31);
    }

    private static final class Fibonacci {
        private Fibonacci() {}

        static CachedFunction<Integer, Integer> cached(Memory memory) {
            return memory.cache(n -> of(memory, n));
        }

        static int of(Memory memory, int n) throws Exception {
            RUNS.incrementAndGet();
            return n < 2 ? n : cached(memory).apply(n - 1) + cached(memory).apply(n - 2);
        }
    }

    @Test
    void changedCodeGivesNoOldResults() throws Exception {
        String source = """
                package acme;
                public class Task {
                    public static io.farmhand.task.RemoteFunction<Integer, Integer> function() {
                        return x -> Helper.of(x);
                    }
                    static class Helper { static int of(int x) { return x + 1; } }
                }
                """;
        assertThat(memory.cache(Compiled.function(directory, "acme.Task", source)).apply(1)).isEqualTo(2);
        CachedFunction<Integer, Integer> changed = memory.cache(
                Compiled.function(directory, "acme.Task", source.replace("x + 1", "x + 2")));
        assertThat(changed.contains(1)).isFalse();
        assertThat(changed.apply(1)).isEqualTo(3);
        assertThat(memory.cache(Compiled.function(directory, "acme.Task", source)).contains(1)).isTrue();
    }

    @Test
    void twoLambdasOfOneClassAreTwoFunctions() throws Exception {
        CachedFunction<Integer, Integer> one = memory.cache(x -> x + 1);
        CachedFunction<Integer, Integer> two = memory.cache(x -> x + 2);
        assertThat(one.apply(1)).isEqualTo(2);
        assertThat(two.apply(1)).isEqualTo(3);
    }

    @Test
    void travelsWithWhatItCaptured() throws Exception {
        int summand = 7;
        CachedFunction<Integer, Integer> cached = memory.cache(x -> square(x) + summand);
        CachedFunction<Integer, Integer> arrived = copy(cached);
        assertThat(arrived.apply(2)).isEqualTo(11);
        assertThat(cached.apply(2)).isEqualTo(11);
        assertThat(RUNS).hasValue(1);
    }

    @SuppressWarnings({"unchecked", "BanSerializableRead"})
    private static <A> A copy(A object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (A) in.readObject();
        }
    }

    // ---- options ----

    private record Options(int x, boolean verbose) implements Serializable {}

    @Test
    void ignoresComponents() throws Exception {
        CachedFunction<Options, Integer> cached = memory.ignore("verbose").cache(options -> square(options.x()));
        cached.apply(new Options(2, true));
        cached.apply(new Options(2, false));
        assertThat(RUNS).hasValue(1);
        assertThatThrownBy(() -> memory.ignore("verbos").cache((Options options) -> square(options.x()))
                .apply(new Options(2, true))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("verbos");
    }

    @Test
    void whatIsTooOldIsComputedAgain() throws Exception {
        CachedFunction<Integer, Integer> young = memory.expiresAfter(Duration.ofDays(1)).cache(MemoryTest::square);
        young.apply(2);
        young.apply(2);
        assertThat(RUNS).hasValue(1);
        CachedFunction<Integer, Integer> old = memory.expiresAfter(Duration.ofNanos(1)).cache(MemoryTest::square);
        assertThat(old.contains(2)).isFalse();
        old.apply(2);
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void asksWhetherAResultIsValid() throws Exception {
        CachedFunction<Integer, Integer> never = memory.validIf(entry -> {
            assertThat(entry.function()).isEqualTo("io.farmhand.cache.MemoryTest.square");
            assertThat(entry.arguments()).isEqualTo("2");
            assertThat(entry.took()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(entry.storedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
            return false;
        }).cache(MemoryTest::square);
        never.apply(2);
        never.apply(2);
        assertThat(RUNS).hasValue(2);
        CachedFunction<Integer, Integer> broken = memory.validIf(entry -> {
            throw new IOException("ask me later");
        }).cache(MemoryTest::square);
        assertThatThrownBy(() -> broken.apply(2)).isExactlyInstanceOf(IOException.class).hasMessage("ask me later");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9})
    void compresses(int level) throws Exception {
        CachedFunction<Object, Object> plain = memory.cache(MemoryTest::anything);
        CachedFunction<Object, Object> compressed = memory.compress(level).cache(MemoryTest::anything);
        List<Integer> zeros = Collections.nCopies(100_000, 0);
        compressed.apply(new ArrayList<>(zeros));
        assertThat(Files.size(entry(compressed).resolve("output.bin"))).isLessThan(10_000);
        assertThat(compressed.apply(zeros)).isEqualTo(zeros);
        assertThat(plain.apply(zeros)).isEqualTo(zeros);
        assertThat(RUNS).hasValue(1);
        compressed.clear();
        plain.apply(new ArrayList<>(zeros));
        assertThat(Files.size(entry(plain).resolve("output.bin"))).isGreaterThan(100_000);
        assertThat(compressed.apply(zeros)).isEqualTo(zeros);
    }

    @Test
    void refusesOptionsThatMakeNoSense() throws IOException {
        assertThatThrownBy(() -> memory.compress(10)).hasMessageContaining("compress=10");
        assertThatThrownBy(() -> memory.expiresAfter(Duration.ZERO)).hasMessageContaining("expiresAfter=PT0S");
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> Memory.at(file)).hasMessageContaining("is not a directory");
        assertThatThrownBy(() -> memory.reduceSize(limits -> limits.items(-1))).hasMessageContaining("items=-1");
    }

    // ---- mapped ----

    static Object array(String kind) {
        RUNS.incrementAndGet();
        return switch (kind) {
            case "double" -> new double[]{1.5, 2.5};
            case "long" -> new long[]{1, 2};
            case "byte" -> new byte[]{1, 2, 3};
            case "empty" -> new int[0];
            case "segment" -> MemorySegment.ofArray(new int[]{1, 2});
            default -> kind;
        };
    }

    @Test
    void mapsArrays() throws Exception {
        CachedFunction<String, MemorySegment> mapped = memory.cacheMapped(MemoryTest::array);
        for (int i = 0; i < 2; i++) {
            MemorySegment doubles = mapped.apply("double");
            assertThat(doubles.isMapped()).isTrue();
            assertThat(doubles.isReadOnly()).isTrue();
            assertThat(doubles.toArray(ValueLayout.JAVA_DOUBLE)).containsExactly(1.5, 2.5);
            assertThat(doubles.getAtIndex(ValueLayout.JAVA_DOUBLE, 1)).isEqualTo(2.5);
            assertThat(mapped.apply("long").toArray(ValueLayout.JAVA_LONG)).containsExactly(1, 2);
            assertThat(mapped.apply("byte").toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
            assertThat(mapped.apply("segment").toArray(ValueLayout.JAVA_INT)).containsExactly(1, 2);
            assertThat(mapped.apply("empty").byteSize()).isZero();
        }
        assertThat(RUNS).hasValue(5);
        MemorySegment kept = mapped.apply("double");
        mapped.clear();
        assertThat(kept.toArray(ValueLayout.JAVA_DOUBLE)).containsExactly(1.5, 2.5);
        Shelved<MemorySegment> shelved = mapped.callAndShelve("double");
        assertThat(copy(shelved).get().isMapped()).isTrue();
    }

    @Test
    void mapsNothingElse() {
        CachedFunction<String, MemorySegment> mapped = memory.cacheMapped(MemoryTest::array);
        assertThatThrownBy(() -> mapped.apply("text")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String").hasMessageContaining("MemoryTest.array");
    }

    // ---- shelved ----

    @Test
    void shelvesReferences() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        Shelved<Integer> shelved = copy(cached.callAndShelve(3));
        assertThat(shelved.get()).isEqualTo(9);
        assertThat(cached.callAndShelve(3).get()).isEqualTo(9);
        assertThat(RUNS).hasValue(1);
        assertThat(shelved).hasToString("Shelved[io.farmhand.cache.MemoryTest.square(3)]");
        shelved.clear();
        shelved.clear();
        assertThatThrownBy(shelved::get).isInstanceOf(NoSuchElementException.class).hasMessageContaining("square(3)")
                .hasMessageContaining("cleared");
        assertThat(cached.contains(3)).isFalse();
    }

    @Test
    void aDamagedReferenceSaysSo() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        Shelved<Integer> shelved = cached.callAndShelve(3);
        Files.writeString(entry(cached).resolve("output.bin"), "nothing");
        assertThatThrownBy(shelved::get).isInstanceOf(UncheckedIOException.class).hasMessageContaining("cut short");
    }

    @Test
    void workersElsewhereNameNoFiles() throws Exception {
        PayloadBuffer bytes = new PayloadBuffer();
        new ValueWriter(bytes, 1 << 20).writeValue(memory.cache(MemoryTest::square).callAndShelve(3));
        ByteBuffer sent = bytes.detach();
        assertThat(ValueReader.filtering(getClass().getClassLoader()).read(sent)).isInstanceOf(Shelved.class);
        assertThatThrownBy(() -> ValueReader.strict(getClass().getClassLoader()).read(sent))
                .isInstanceOf(UnreadableValueException.class).hasMessageContaining("Shelved");
    }

    // ---- on disk ----

    @Test
    void theLayoutIsForPeopleToo() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        cached.apply(3);
        Path entry = entry(cached);
        assertThat(memory.directory().resolve("farmhand").relativize(entry).toString())
                .matches("io\\.farmhand\\.cache\\.MemoryTest/square/[0-9a-f]{64}");
        assertThat(entry).isDirectoryContaining("glob:**/output.bin").isDirectoryContaining("glob:**/metadata.json");
        assertThat(Files.readString(entry.resolve("metadata.json"))).contains("\"arguments\": \"3\"")
                .contains("\"function\": \"io.farmhand.cache.MemoryTest.square\"").contains("\"seconds\": ")
                .contains("\"storedAt\": \"2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(memory.directory())))
                .isEqualTo("rwx------");
    }

    @Test
    void whatIsCollectedByOthersStays() throws Exception {
        Files.createDirectories(memory.directory());
        Path other = Files.writeString(memory.directory().resolve("mine.txt"), "mine");
        memory.cache(MemoryTest::square).apply(1);
        memory.clear();
        assertThat(other).exists();
        assertThat(memory.cache(MemoryTest::square).contains(1)).isFalse();
    }

    @Test
    void clearsOneFunction() throws Exception {
        CachedFunction<Integer, Integer> squares = memory.cache(MemoryTest::square);
        CachedFunction<Object, Object> others = memory.cache(MemoryTest::anything);
        squares.apply(1);
        squares.apply(2);
        others.apply(1);
        squares.clear();
        assertThat(squares.contains(1)).isFalse();
        assertThat(others.contains(1)).isTrue();
        squares.clear();
    }

    @Test
    void aCacheThatIsNotThereIsEmpty() {
        memory.clear();
        assertThat(memory.reduceSize(limits -> limits.items(0))).isZero();
    }

    // ---- damage ----

    /** Each way in which an entry may be damaged. */
    enum Damage {
        EMPTY {
            @Override
            void to(Path output) throws IOException {
                Files.write(output, new byte[0]);
            }
        },
        CUT_IN_THE_HEAD {
            @Override
            void to(Path output) throws IOException {
                Files.write(output, Arrays.copyOf(Files.readAllBytes(output), 20));
            }
        },
        CUT_BY_A_BYTE {
            @Override
            void to(Path output) throws IOException {
                byte[] bytes = Files.readAllBytes(output);
                Files.write(output, Arrays.copyOf(bytes, bytes.length - 1));
            }
        },
        A_BYTE_MORE {
            @Override
            void to(Path output) throws IOException {
                byte[] bytes = Files.readAllBytes(output);
                Files.write(output, Arrays.copyOf(bytes, bytes.length + 1));
            }
        },
        FLIPPED_IN_THE_HEAD {
            @Override
            void to(Path output) throws IOException {
                flip(output, 30);
            }
        },
        FLIPPED_IN_THE_TEXT {
            @Override
            void to(Path output) throws IOException {
                flip(output, 60);
            }
        },
        FLIPPED_AT_THE_END {
            @Override
            void to(Path output) throws IOException {
                flip(output, (int) Files.size(output) - 1);
            }
        },
        OTHER_CONTENT {
            @Override
            void to(Path output) throws IOException {
                Files.writeString(output, "x".repeat(1000));
            }
        },
        A_DIRECTORY {
            @Override
            void to(Path output) throws IOException {
                Files.delete(output);
                Files.createDirectories(output.resolve("in"));
            }
        },
        THE_ENTRY_A_FILE {
            @Override
            void to(Path output) throws IOException {
                Folders.remove(output.getParent());
                Files.writeString(output.getParent(), "a file");
            }
        },
        METADATA_A_DIRECTORY {
            @Override
            void to(Path output) throws IOException {
                Path metadata = output.resolveSibling("metadata.json");
                Files.delete(metadata);
                Files.createDirectories(metadata.resolve("in"));
                Files.delete(output);
            }
        };

        abstract void to(Path output) throws IOException;

        private static void flip(Path file, int at) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= 4;
            Files.write(file, bytes);
        }
    }

    private static final Set<Damage> QUIET = Set.of(Damage.THE_ENTRY_A_FILE, Damage.METADATA_A_DIRECTORY);

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedResultIsComputedAgain(Damage damage) throws Exception {
        for (boolean compressed : List.of(false, true)) {
            CachedFunction<Object, Object> cached = (compressed ? memory.compress() : memory)
                    .cache(MemoryTest::anything);
            damaged(damage, cached, List.of(1, 2, "three"));
            cached.clear();
        }
        damaged(damage, memory.cacheMapped(MemoryTest::array), "double");
    }

    private <T> void damaged(Damage damage, CachedFunction<T, ?> cached, T argument) throws Exception {
        cached.apply(argument);
        damage.to(entry(cached).resolve("output.bin"));
        assertThat(cached.contains(argument)).isFalse();
        int runs = RUNS.get();
        try (WarningsHeard heard = new WarningsHeard()) {
            assertThat(cached.apply(argument)).isNotNull();
            if (!QUIET.contains(damage)) {
                assertThat(heard.all()).singleElement().asString().contains("cannot be used, and is computed again");
            }
        }
        assertThat(RUNS).hasValue(runs + 1);
        assertThat(cached.contains(argument)).isTrue();
        cached.apply(argument);
        assertThat(RUNS).hasValue(runs + 1);
        assertThat(entry(cached).resolve("metadata.json")).isRegularFile();
    }

    // ---- what cannot be kept ----

    @Test
    void whatIsNotSerializableIsGivenWithAWarning() throws Exception {
        CachedFunction<Integer, Thread> cached = memory.cache(x -> new Thread("t" + x));
        try (WarningsHeard heard = new WarningsHeard()) {
            assertThat(cached.apply(1).getName()).isEqualTo("t1");
            assertThat(cached.apply(2).getName()).isEqualTo("t2");
            assertThat(heard.all()).singleElement().asString().contains("are not kept").contains("java.lang.Thread");
        }
        assertThat(cached.contains(1)).isFalse();
        assertThat(entries(cached)).isEmpty();
        assertThat(cached.callAndShelve(3).get().getName()).isEqualTo("t3");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsAWarning() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache((Integer x) -> square(x));
        Path blocked = memory.directory();
        Files.writeString(blocked, "a file where the directory should be");
        try (WarningsHeard heard = new WarningsHeard()) {
            assertThat(cached.apply(3)).isEqualTo(9);
            assertThat(cached.apply(3)).isEqualTo(9);
            assertThat(heard.all()).singleElement().asString().contains("is not kept in");
        }
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void whereFilesCannotBeLockedItWorksAllTheSame() throws Exception {
        Files.createDirectories(memory.directory().resolve("farmhand").resolve("lock"));
        CachedFunction<Integer, Integer> cached = memory.cache((Integer x) -> square(x));
        try (WarningsHeard heard = new WarningsHeard()) {
            assertThat(cached.apply(3)).isEqualTo(9);
            assertThat(cached.apply(4)).isEqualTo(16);
            assertThat(cached.apply(3)).isEqualTo(9);
            assertThat(heard.all()).singleElement().asString().contains("may be computed more than once");
        }
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void refusesArgumentsThatCannotBeHashed() {
        CachedFunction<Object, Object> cached = memory.cache(MemoryTest::anything);
        assertThatThrownBy(() -> cached.apply(new Thread())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MemoryTest.anything").hasMessageContaining("java.lang.Thread");
    }

    // ---- less ----

    private void use(CachedFunction<Integer, Integer> cached, int argument, Instant at) throws Exception {
        List<Path> before = entries(cached);
        cached.apply(argument);
        for (Path entry : entries(cached)) {
            if (!before.contains(entry)) {
                Files.setLastModifiedTime(entry.resolve("output.bin"), FileTime.from(at));
            }
        }
    }

    @Test
    void dropsTheLeastRecentlyUsed() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        Instant now = Instant.now();
        for (int i = 0; i < 10; i++) {
            use(cached, i, now.minus(Duration.ofHours(10 - i)));
        }
        cached.apply(0); // used now
        assertThat(memory.reduceSize(limits -> limits.items(4))).isEqualTo(6);
        assertThat(IntStream.range(0, 10).filter(i -> contains(cached, i))).containsExactly(0, 7, 8, 9);
        assertThat(memory.reduceSize(limits -> limits.age(Duration.ofMinutes(150)))).isEqualTo(1);
        assertThat(contains(cached, 7)).isFalse();
        long size = size(entries(cached).get(0));
        assertThat(memory.reduceSize(limits -> limits.bytes(2 * size + size / 2))).isEqualTo(1);
        assertThat(memory.reduceSize(limits -> limits)).isZero();
        assertThat(memory.reduceSize(limits -> limits.bytes(0))).isEqualTo(2);
        try (Stream<Path> left = Files.list(memory.directory().resolve("farmhand"))) {
            assertThat(left).extracting(each -> each.getFileName().toString()).containsOnly("lock");
        }
    }

    private static long size(Path entry) throws IOException {
        return Files.size(entry.resolve("output.bin")) + Files.size(entry.resolve("metadata.json"));
    }

    private static boolean contains(CachedFunction<Integer, Integer> cached, int argument) {
        try {
            return cached.contains(argument);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void dropsWhatKilledProcessesLeft() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        cached.apply(1);
        Path left = Files.createDirectories(entry(cached).resolveSibling("0".repeat(64)));
        Files.writeString(left.resolve("output.bin.123.draft"), "half");
        memory.reduceSize(limits -> limits.items(1));
        assertThat(left).doesNotExist();
        assertThat(cached.contains(1)).isTrue();
        Path draft = Files.writeString(entry(cached).resolve("output.bin.7.draft"), "half");
        memory.reduceSize(limits -> limits);
        assertThat(draft).doesNotExist();
        Files.writeString(draft, "half");
        cached.recompute(1);
        assertThat(draft).doesNotExist();
    }

    @Test
    void canBeReducedWhileItIsUsed() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::square);
        AtomicInteger left = new AtomicInteger(4);
        try (ExecutorService threads = Executors.newFixedThreadPool(6);
                WarningsHeard heard = new WarningsHeard()) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                all.add(threads.submit(() -> {
                    try {
                        for (int i = 0; i < 300; i++) {
                            assertThat(cached.apply(i % 20)).isEqualTo((i % 20) * (i % 20));
                        }
                    } finally {
                        left.decrementAndGet();
                    }
                    return null;
                }));
            }
            all.add(threads.submit(() -> {
                while (left.get() > 0) {
                    memory.reduceSize(limits -> limits.items(5));
                }
            }));
            all.add(threads.submit(() -> {
                while (left.get() > 0) {
                    cached.clear();
                }
            }));
            for (Future<?> each : all) {
                each.get();
            }
            assertThat(heard.all()).isEmpty();
        }
    }

    // ---- many threads ----

    /** By argument: what a task waits for. */
    private static final ConcurrentHashMap<Integer, CountDownLatch> GATES = new ConcurrentHashMap<>();

    private static int gated(int x) throws InterruptedException {
        RUNS.incrementAndGet();
        GATES.computeIfAbsent(-x, _ -> new CountDownLatch(1)).countDown(); // it has begun
        GATES.computeIfAbsent(x, _ -> new CountDownLatch(1)).await();
        return x * x;
    }

    private static void awaitBegin(int x) throws InterruptedException {
        GATES.computeIfAbsent(-x, _ -> new CountDownLatch(1)).await();
    }

    private static void open(int x) {
        GATES.computeIfAbsent(x, _ -> new CountDownLatch(1)).countDown();
    }

    @Test
    void threadsWaitForTheOneThatComputes() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::gated);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<Integer> call = () -> cached.apply(11);
            List<Future<Integer>> all = IntStream.range(0, 8).mapToObj(_ -> threads.submit(call)).toList();
            awaitBegin(11);
            open(11);
            for (Future<Integer> each : all) {
                assertThat(each.get()).isEqualTo(121);
            }
        }
        assertThat(RUNS).hasValue(1);
    }

    @Test
    void othersComputeOtherThingsMeanwhile() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::gated);
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<Integer> slow = threads.submit(() -> cached.apply(21));
            awaitBegin(21);
            open(22);
            assertThat(cached.apply(22)).isEqualTo(484);
            open(21);
            assertThat(slow.get()).isEqualTo(441);
        }
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        CachedFunction<Integer, Integer> cached = memory.cache(MemoryTest::gated);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> slow = threads.submit(() -> cached.apply(31));
            awaitBegin(31);
            Thread waiting = Thread.ofPlatform().unstarted(() -> {
                assertThatThrownBy(() -> cached.apply(31)).isInstanceOf(InterruptedException.class);
                open(31);
            });
            waiting.start();
            waiting.interrupt();
            waiting.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(slow.get()).isEqualTo(961);
        }
        assertThat(RUNS).hasValue(1);
    }

    @Test
    void theNextOneComputesWhenTheFirstFails() throws Exception {
        RemoteFunction<Integer, Integer> function = x -> {
            if (RUNS.incrementAndGet() == 1) {
                throw new IllegalStateException("the first");
            }
            return x;
        };
        CachedFunction<Integer, Integer> cached = memory.cache(function);
        assertThatThrownBy(() -> cached.apply(1)).hasMessage("the first");
        assertThat(cached.apply(1)).isEqualTo(1);
        assertThat(cached.apply(1)).isEqualTo(1);
        assertThat(RUNS).hasValue(2);
    }
}
