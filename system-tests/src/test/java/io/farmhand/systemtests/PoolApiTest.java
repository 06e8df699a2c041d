package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.Result;
import io.farmhand.examples.Describe;
import io.farmhand.examples.Summary;
import io.farmhand.examples.Tutorial;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool can be asked for, on two workers that all tests share. */
@FarmTest
class PoolApiTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pool.builder(), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    record Point(int x, int y) implements Serializable {}

    // ---- the sample ----

    @Test
    void mapsAFunctionOverPaths() throws Exception {
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            paths.add(Files.writeString(directory.resolve(i + ".csv"), "data\n" + i + "\n" + (i + 2) + "\n"));
        }
        List<Summary> all = pool.map(Describe::file, paths);
        assertThat(all).extracting(Summary::file).containsExactly("0.csv", "1.csv", "2.csv", "3.csv", "4.csv");
        assertThat(all).extracting(summary -> summary.columns().get(0).mean()).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0);
    }

    @Test
    void runsTheSampleAsItIsWritten() throws Exception {
        List<Long> numbers = LongStream.range(0, 5000).boxed().toList();
        List<String> labels = List.of("a", "b", "c");
        List<Double> thresholds = List.of(0.25, 0.5, 0.75);
        Iterable<Long> endless = () -> LongStream.iterate(0, n -> n + 1).iterator();

        List<Long> some = pool.map(n -> n * n, numbers, 1000);
        List<Double> zip = pool.starMap(Tutorial::aboveThreshold, labels, thresholds);
        long one = pool.apply(Math::abs, -3L);
        CompletableFuture<Long> f = pool.submit(() -> expensive(42));
        CompletableFuture<List<Long>> fs = pool.mapAsync(n -> n * n, numbers);
        List<Long> firstTen = new ArrayList<>();
        try (Stream<Long> lazy = pool.imap(n -> n * n, endless)) {
            lazy.limit(10).forEach(firstTen::add);
        }
        Stream<Long> any = pool.imapUnordered(n -> n * n, numbers);

        List<Long> squares = numbers.stream().map(n -> n * n).toList();
        assertThat(some).isEqualTo(squares);
        assertThat(zip).containsExactly(Tutorial.aboveThreshold("a", 0.25), Tutorial.aboveThreshold("b", 0.5),
                Tutorial.aboveThreshold("c", 0.75));
        assertThat(one).isEqualTo(3);
        assertThat(f.get()).isEqualTo(84);
        assertThat(fs.get()).isEqualTo(squares);
        assertThat(firstTen).containsExactly(0L, 1L, 4L, 9L, 16L, 25L, 36L, 49L, 64L, 81L);
        assertThat(any).containsExactlyInAnyOrderElementsOf(squares);
    }

    static long expensive(long number) {
        return 2 * number;
    }

    @Test
    void tellsHowManyWorkersItHas() {
        assertThat(pool.size()).isEqualTo(WORKERS);
    }

    // ---- the kinds of input ----

    @Test
    void takesCollectionsArraysIterablesIteratorsAndStreams() {
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        List<String> expected = items.stream().map(PoolApiTest::named).toList();
        Integer[] array = items.toArray(Integer[]::new);
        Iterable<Integer> iterable = () -> items.iterator();
        assertThat(pool.<Integer, String>map(PoolApiTest::named, items)).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, new ArrayDeque<>(items))).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, iterable)).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, array)).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, items.iterator())).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, items.stream())).isEqualTo(expected);
        assertThat(pool.<Integer, String>map(PoolApiTest::named, IntStream.range(0, 100))).isEqualTo(expected);
    }

    @Test
    void takesEachKindInChunksAndLazilyAndWithoutWaiting() throws Exception {
        List<Integer> items = IntStream.range(0, 50).boxed().toList();
        List<String> expected = items.stream().map(PoolApiTest::named).toList();
        Integer[] array = items.toArray(Integer[]::new);
        RemoteFunction<Integer, String> f = PoolApiTest::named;
        assertThat(Stream.of(pool.map(f, items, 7), pool.map(f, array, 7), pool.map(f, items.iterator(), 7),
                pool.map(f, items.stream(), 7))).allMatch(expected::equals);
        assertThat(Stream.of(pool.mapAsync(f, items), pool.mapAsync(f, array), pool.mapAsync(f, items.iterator()),
                pool.mapAsync(f, items.stream()), pool.mapAsync(f, items, 7), pool.mapAsync(f, array, 7),
                pool.mapAsync(f, items.iterator(), 7), pool.mapAsync(f, items.stream(), 7))
                .map(CompletableFuture::join))
                .allMatch(expected::equals);
        assertThat(Stream.of(pool.imap(f, items), pool.imap(f, array), pool.imap(f, items.iterator()),
                pool.imap(f, items.stream()), pool.imap(f, items, 7), pool.imap(f, array, 7),
                pool.imap(f, items.iterator(), 7), pool.imap(f, items.stream(), 7)).map(Stream::toList))
                .allMatch(expected::equals);
        assertThat(Stream.of(pool.imapUnordered(f, items), pool.imapUnordered(f, array),
                pool.imapUnordered(f, items.iterator()), pool.imapUnordered(f, items.stream()),
                pool.imapUnordered(f, items, 7), pool.imapUnordered(f, array, 7),
                pool.imapUnordered(f, items.iterator(), 7), pool.imapUnordered(f, items.stream(), 7)))
                .allSatisfy(results -> assertThat(results).containsExactlyInAnyOrderElementsOf(expected));
        assertThat(Stream.of(pool.imapResults(f, items), pool.imapResults(f, array),
                pool.imapResults(f, items.iterator()), pool.imapResults(f, items.stream()),
                pool.imapResults(f, items, 7), pool.imapResults(f, array, 7),
                pool.imapResults(f, items.iterator(), 7), pool.imapResults(f, items.stream(), 7))
                .map(results -> Pools.all(results).stream().map(Result::get).toList()))
                .allMatch(expected::equals);
    }

    static String named(Integer number) {
        return "n" + number;
    }

    @Test
    void returnsAtOnceOnEmptyInput() throws Exception {
        List<Integer> none = List.of();
        RemoteFunction<Integer, String> f = PoolApiTest::named;
        assertThat(pool.map(f, none)).isEmpty();
        assertThat(pool.map(f, none, 3)).isEmpty();
        assertThat(pool.map(f, new Integer[0])).isEmpty();
        assertThat(pool.map(f, none.iterator())).isEmpty();
        assertThat(pool.map(f, none.stream())).isEmpty();
        assertThat(pool.mapAsync(f, none).get()).isEmpty();
        assertThat(pool.imap(f, none)).isEmpty();
        assertThat(pool.imapUnordered(f, none)).isEmpty();
        assertThat(pool.imapResults(f, none)).isEmpty();
        assertThat(pool.<Integer, Integer, Integer>starMap(Integer::sum, none, none)).isEmpty();
    }

    @Test
    void returnsAtOnceOnEmptyInputWhileAllWorkersAreBusy() throws Exception {
        SideLog log = SideLog.in(directory);
        String gate = directory.resolve("gate").toString();
        CompletableFuture<List<Long>> busy = pool.mapAsync(n -> beginAndAwait(log, n, gate), List.of(0L, 1L), 1);
        await().atMost(PATIENCE).until(() -> log.size() == WORKERS);
        assertThat(pool.map(PoolApiTest::named, List.<Integer>of())).isEmpty();
        Files.createFile(Path.of(gate));
        assertThat(busy.get()).containsExactly(0L, 1L);
    }

    static long beginAndAwait(SideLog log, long index, String gate) {
        log.append(index);
        Waiting.untilExists(gate);
        return index;
    }

    @Test
    void carriesNullItemsAndNullResults() throws Exception {
        List<String> items = Arrays.asList("a", null, "c", null);
        assertThat(pool.map(Objects::isNull, items)).containsExactly(false, true, false, true);
        assertThat(pool.<String, String>map(item -> item == null ? "was null" : null, items))
                .containsExactly(null, "was null", null, "was null");
        assertThat(pool.<String, String>apply(item -> item, null)).isNull();
        assertThat(pool.submit(() -> null).get()).isNull();
        assertThat(pool.mapAsync(item -> item, items).get()).containsExactlyElementsOf(items);
        assertThat(pool.imapResults(item -> item, items)).extracting(Result::get).containsExactlyElementsOf(items);
    }

    @Test
    void carriesNullThroughLazyStreams() {
        List<String> items = Arrays.asList("a", null, "c");
        assertThat(pool.imap(item -> item, items).toList()).containsExactly("a", null, "c");
        assertThat(pool.imapUnordered(item -> item, items).toList()).containsExactlyInAnyOrder("a", null, "c");
    }

    @Test
    void carriesValuesOfManyKinds() {
        List<Object> values = List.of(1, 2L, 3.5, 4.5f, (short) 5, (byte) 6, 'c', true, "latin é",
                "wide \u2603 \ud83d\ude00",
                new Point(1, 2), List.of(1, "two", new Point(3, 3)), Map.of("k", List.of(1L)), Set.of(1, 2, 3),
                Duration.ofMillis(5), new BigDecimal("1.10"));
        assertThat(pool.map(value -> value, values)).isEqualTo(values);
        double[] numbers = pool.apply(array -> array, new double[]{1, 2, 3});
        assertThat(numbers).containsExactly(1, 2, 3);
        int[][] nested = pool.apply(array -> array, new int[][]{{1}, {2, 3}});
        assertThat(nested).isDeepEqualTo(new int[][]{{1}, {2, 3}});
    }

    // ---- order, chunks, laziness ----

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void keepsTheOrderWhenItemsTakeUnevenTimes(int chunkSize) {
        List<Integer> items = IntStream.range(0, 60).boxed().toList();
        assertThat(pool.map(PoolApiTest::unevenly, items, chunkSize)).isEqualTo(items);
        assertThat(pool.imap(PoolApiTest::unevenly, items, chunkSize).toList()).isEqualTo(items);
    }

    static int unevenly(int item) {
        Waiting.spin(TimeUnit.MICROSECONDS.toNanos(item % 7 == 0 ? 5_000 : 10));
        return item;
    }

    @ParameterizedTest(name = "{0} items in chunks of {1}")
    @CsvSource({"1, 1", "8, 1", "9, 2", "16, 2", "17, 3", "100, 13", "104, 13"})
    void choosesTheChunkSizeOfCPython(int items, int expected) throws Exception {
        SideLog log = SideLog.in(directory);
        Collection<Long> sized = new AbstractCollection<>() {
            @Override
            public Iterator<Long> iterator() {
                return watchful(log, items, expected);
            }

            @Override
            public int size() {
                return items;
            }
        };
        assertThat(pool.map(n -> logged(log, n), sized)).hasSize(items);
    }

    @Test
    void sendsSingleItemsWhenItIsLazy() throws Exception {
        SideLog log = SideLog.in(directory);
        try (Stream<Long> results = pool.imap(n -> logged(log, n), watchful(log, 10, 1))) {
            assertThat(results).hasSize(10);
        }
    }

    @Test
    void sendsChunksOfTheSizeAskedFor() throws Exception {
        SideLog log = SideLog.in(directory);
        assertThat(pool.map(n -> logged(log, n), watchful(log, 50, 20), 20)).hasSize(50);
        SideLog lazyLog = SideLog.in(directory);
        try (Stream<Long> results = pool.imap(n -> logged(lazyLog, n), watchful(lazyLog, 50, 20), 20)) {
            assertThat(results).hasSize(50);
        }
    }

    /** An input that is pulled further only if whole chunks have been run, and nothing else. */
    private static Iterator<Long> watchful(SideLog log, int items, int chunkSize) {
        return LongStream.range(0, items).peek(n -> {
            long whole = n - n % chunkSize;
            if (n == whole) {
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> log.size() >= whole);
            } else {
                pool.apply(PoolApiTest::named, 0); // comes after whatever was sent
            }
            assertThat(log.size()).as("items run when item %d is pulled", n).isEqualTo(whole);
        }).iterator();
    }

    @Test
    void pullsAnEndlessInputOnlyAsFarAsAWindow() {
        AtomicInteger pulled = new AtomicInteger();
        Stream<Integer> endless = Stream.generate(pulled::getAndIncrement);
        try (Stream<Integer> results = pool.imap(n -> n + 1, endless)) {
            assertThat(results.limit(1000).toList()).isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
        }
        assertThat(pulled.get()).isLessThan(3000);
    }

    @Test
    void givesUnorderedResultsAsTheyComeAndOrderedOnesInTheirPlace() throws Exception {
        String gate = directory.resolve("gate").toString();
        List<Integer> items = IntStream.range(0, 10).boxed().toList();
        try (Stream<Integer> results = pool.imapUnordered(n -> n == 0 ? afterOpening(n, gate) : n, items)) {
            List<Integer> got = new ArrayList<>();
            results.forEach(n -> {
                got.add(n);
                if (got.size() == 1) {
                    open(gate);
                }
            });
            assertThat(got).containsExactlyInAnyOrderElementsOf(items);
            assertThat(got.get(0)).isNotZero();
        }
    }

    static int afterOpening(int item, String gate) {
        Waiting.untilExists(gate);
        return item;
    }

    private static void open(String gate) {
        try {
            Files.createFile(Path.of(gate));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- two inputs ----

    @Test
    void mapsTwoInputsInStep() {
        List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
        List<String> texts = numbers.stream().map(n -> "t" + n).toList();
        List<String> expected = numbers.stream().map(n -> n + "t" + n).toList();
        assertThat(pool.starMap(PoolApiTest::joined, numbers, texts)).isEqualTo(expected);
        assertThat(pool.starMap(PoolApiTest::joined, numbers, texts, 9)).isEqualTo(expected);
    }

    static String joined(Integer number, String text) {
        return number + text;
    }

    @Test
    void refusesTwoCollectionsOfUnequalSizes() {
        assertThatThrownBy(() -> pool.starMap(PoolApiTest::joined, List.of(1, 2, 3), List.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("first=3")
                .hasMessageContaining("second=2");
    }

    @Test
    void endsWithTheShorterOfTwoInputsWhereOneIsOfUnknownSize() {
        Iterable<String> endless = () -> Stream.generate(() -> "x").iterator();
        assertThat(pool.starMap(PoolApiTest::joined, List.of(1, 2, 3), endless)).containsExactly("1x", "2x", "3x");
        Iterable<String> two = () -> List.of("a", "b").iterator();
        assertThat(pool.starMap(PoolApiTest::joined, List.of(1, 2, 3), two)).containsExactly("1a", "2b");
    }

    @Test
    void carriesNullInEitherOfTwoInputs() {
        assertThat(pool.starMap(PoolApiTest::joined, Arrays.asList(1, null), Arrays.asList(null, "b")))
                .containsExactly("1null", "nullb");
    }

    // ---- asynchronous calls ----

    @Test
    void dropsWhatHasNotBegunWhenAFutureIsCancelled() throws Exception {
        SideLog log = SideLog.in(directory);
        String gate = directory.resolve("gate").toString();
        List<Long> items = LongStream.range(0, 1000).boxed().toList();
        CompletableFuture<List<Long>> future = pool.mapAsync(n -> beginAndAwait(log, n, gate), items, 1);
        await().atMost(PATIENCE).until(() -> log.size() == WORKERS);
        assertThat(future.cancel(true)).isTrue();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        // Goes through the dispatcher behind the cancelling, which a virtual thread or this one may have asked for.
        CompletableFuture<Long> after = pool.submit(() -> 7L);
        Files.createFile(Path.of(gate));
        assertThat(after.get()).isEqualTo(7);
        assertThat(pool.map(PoolApiTest::named, List.of(1, 2))).containsExactly("n1", "n2");
        assertThat(log.runs()).hasSizeLessThan(1000);
    }

    @Test
    void cancelsAJobWhenItsLazyStreamIsClosed() throws Exception {
        SideLog log = SideLog.in(directory);
        Iterable<Long> endless = () -> LongStream.iterate(0, n -> n + 1).iterator();
        try (Stream<Long> results = pool.imap(n -> logged(log, n), endless)) {
            assertThat(results.limit(5)).containsExactly(0L, 1L, 2L, 3L, 4L);
        }
        // One for each worker: what was sent before is over once this is.
        pool.map(PoolApiTest::named, IntStream.range(0, 20).boxed().toList(), 1);
        assertThat(log.size()).isLessThan(2000);
    }

    static long logged(SideLog log, long index) {
        log.append(index);
        return index;
    }

    @Test
    void servesSeveralThreadsAtOnce() throws Exception {
        int threads = 8;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<List<Integer>>> futures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int base = 1000 * t;
                List<Integer> items = IntStream.range(base, base + 300).boxed().toList();
                futures.add(executor.submit(() -> pool.map(n -> n + 1, items, 10)));
            }
            for (int t = 0; t < threads; t++) {
                int base = 1000 * t;
                assertThat(futures.get(t).get()).isEqualTo(IntStream.range(base + 1, base + 301).boxed().toList());
            }
        }
    }

    @Test
    void doesNotLetALongJobHoldUpAShortOne() throws Exception {
        SideLog log = SideLog.in(directory);
        String gate = directory.resolve("gate").toString();
        CompletableFuture<List<Long>> held = pool.mapAsync(n -> n == 0 ? beginAndAwait(log, n, gate) : n,
                LongStream.range(0, 10_000).boxed().toList(), 1);
        await().atMost(PATIENCE).until(() -> log.size() == 1);
        assertThat(pool.map(PoolApiTest::named, List.of(1, 2, 3), 1)).containsExactly("n1", "n2", "n3");
        assertThat(held).isNotDone();
        Files.createFile(Path.of(gate));
        assertThat(held.get()).hasSize(10_000);
    }

    // ---- captured values and class paths ----

    @Test
    void sendsCapturedValuesWithTheFunction() {
        Collection<String> captured = new ArrayList<>(List.of("a", "b"));
        Point offset = new Point(10, 20);
        assertThat(pool.map(n -> n + offset.x() + captured.size(), List.of(1, 2))).containsExactly(13, 14);
    }
    @Test
    void worksOnCopies() {
        List<int[]> items = List.of(new int[]{0}, new int[]{0});
        List<int[]> results = pool.map(array -> {
            array[0]++;
            return array;
        }, items);
        assertThat(results).extracting(array -> array[0]).containsExactly(1, 1);
        assertThat(items).extracting(array -> array[0]).containsExactly(0, 0);
    }

    // ---- options ----

    @Test
    void givesItsOptionsToTheWorkers() throws Exception {
        Path here = Files.createDirectory(directory.resolve("work ing \"dir\""));
        Path extra = Files.createDirectory(directory.resolve("extra classes"));
        Files.writeString(extra.resolve("resource.txt"), "found");
        PoolBuilder builder = Pool.builder().workers(1).jvmArgs("-Dfarm.test=a \"b\" \\c", "-Xss3m")
                .environment(Map.of("FARM_TEST", "é=\u2603 x")).environment(Map.of("FARM_OTHER", ""))
                .maxHeap("77m").directory(here).classPath(extra);
        try (Pool optioned = builder.build()) {
            List<String> seen = optioned.apply(PoolApiTest::surroundings, 0);
            assertThat(seen).containsExactly("a \"b\" \\c", "é=\u2603 x", "", here.toRealPath().toString(), "77",
                    "found", "true");
        }
    }

    static List<String> surroundings(int unused) throws Exception {
        List<String> arguments = ManagementFactory.getRuntimeMXBean().getInputArguments();
        long heap = arguments.stream().filter(arg -> arg.startsWith("-Xmx")).mapToLong(arg -> Long.parseLong(arg
                .replaceAll("\\D", ""))).reduce((first, second) -> second).orElse(-1);
        String resource;
        try (InputStream in = ClassLoader.getSystemResourceAsStream("resource.txt")) {
            resource = in == null ? "missing" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return List.of(System.getProperty("farm.test"), System.getenv("FARM_TEST"), System.getenv("FARM_OTHER"),
                Path.of("").toRealPath().toString(), Long.toString(heap), resource,
                Boolean.toString(arguments.contains("-Xss3m")));
    }

    @Test
    void refusesBadOptionsByTheirValue() {
        PoolBuilder builder = Pool.builder();
        assertRefused(() -> builder.workers(0), "workers=0");
        assertRefused(() -> builder.workers(-3), "workers=-3");
        assertRefused(() -> Pool.create(0), "workers=0");
        for (String size : List.of("", "0", "-1g", "lots", "1.5g", "512mb", "5 m", "010m")) {
            assertRefused(() -> builder.maxHeap(size), "maxHeap=" + size);
        }
        Path missing = directory.resolve("missing");
        assertRefused(() -> builder.directory(missing), missing.toString());
        assertRefused(() -> builder.classPath(missing), missing.toString());
        assertRefused(() -> builder.maxPayload(0), "maxPayload=0");
        assertRefused(() -> builder.maxPayload(Long.MAX_VALUE), "maxPayload=" + Long.MAX_VALUE);
        assertRefused(() -> pool.map(PoolApiTest::named, List.of(1), 0), "chunkSize=0");
        assertRefused(() -> pool.map(PoolApiTest::named, List.of(1), -1), "chunkSize=-1");
        assertRefused(() -> pool.mapAsync(PoolApiTest::named, List.of(1), 0), "chunkSize=0");
        assertRefused(() -> pool.imap(PoolApiTest::named, List.of(1), 0), "chunkSize=0");
        assertRefused(() -> pool.imapUnordered(PoolApiTest::named, List.of(1), 0), "chunkSize=0");
        assertRefused(() -> pool.imapResults(PoolApiTest::named, List.of(1), 0), "chunkSize=0");
        assertRefused(() -> pool.starMap(PoolApiTest::joined, List.of(1), List.of("a"), 0), "chunkSize=0");
    }

    @Test
    void refusesEnvironmentVariablesThatCannotBe() {
        for (Map<String, String> bad : List.of(Map.of("", "x"), Map.of("A=B", "x"), Map.of("NUL", "a\0b"))) {
            assertRefused(() -> Pool.builder().environment(bad), bad.keySet().iterator().next());
        }
    }

    private static void assertRefused(ThrowingCallable call, String value) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(value);
    }

    @Test
    void refusesANullFunction() {
        RemoteFunction<Integer, Integer> none = none();
        assertThatThrownBy(() -> pool.map(none, List.of(1))).isInstanceOf(NullPointerException.class)
                .hasMessageContaining("function");
        assertThatThrownBy(() -> pool.submit(none())).isInstanceOf(NullPointerException.class);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    @Test
    void hasAWorkerForEachCoreByDefault() {
        try (Pool standard = Pool.create()) {
            assertThat(standard.size()).isEqualTo(Runtime.getRuntime().availableProcessors());
            assertThat(standard.map(n -> n + 1, Collections.nCopies(10, 1))).containsOnly(2);
        }
    }
}
