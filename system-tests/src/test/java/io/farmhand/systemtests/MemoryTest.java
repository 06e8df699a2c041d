package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a coordinator holds is bounded by chunks and by bytes, whatever the input's length and the reader's pace. */
@FarmTest(seconds = 90)
class MemoryTest {
    private static final int WORKERS = 2;
    /** As the product has it: so many chunks may be under way for each worker. */
    private static final int WINDOW_CHUNKS = 512 * WORKERS;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    /** Reads the results of a long input as they come. */
    static final class LongInput {
        private LongInput() {}

        public static void main(String[] args) {
            long items = Long.parseLong(args[0]);
            int chunkSize = Integer.parseInt(args[1]);
            AtomicLong next = new AtomicLong();
            try (Pool pool = Pool.create(WORKERS);
                    Stream<Long> results = chunkSize == 0
                            ? pool.imap(n -> 3 * n + 1, LongStream.range(0, items).boxed())
                            : pool.imap(n -> 3 * n + 1, LongStream.range(0, items).boxed(), chunkSize)) {
                results.forEachOrdered(result -> {
                    long n = next.getAndIncrement();
                    if (result != 3 * n + 1) {
                        throw new IllegalStateException(result + " is not the result of " + n);
                    }
                });
            }
            System.out.println("results " + next.get());
        }
    }

    @ParameterizedTest
    @CsvSource({"10000000, 1000", "200000, 0"})
    void mapsALongInputLazilyInASmallHeap(long items, int chunkSize) throws Exception {
        assertThat(run(LongInput.class, "-Xmx64m", Long.toString(items), Integer.toString(chunkSize)))
                .isEqualTo(Long.toString(items));
    }

    /** Counts how far an endless input is pulled while the reader rests. */
    static final class SlowReader {
        private static final Duration LEVEL = Duration.ofSeconds(1);
        private static final int READ = 10;
        /** More than the window. */
        private static final int MORE = 300;

        private SlowReader() {}

        public static void main(String[] args) {
            Load load = Load.valueOf(args[0]);
            int chunkSize = Integer.parseInt(args[1]);
            SideLog log = SideLog.at(args[2]);
            AtomicLong pulled = new AtomicLong();
            Stream<Object> input = Stream.generate(() -> {
                pulled.incrementAndGet();
                return load == Load.LONG_ITEMS ? new byte[MIB] : Integer.valueOf(1);
            });
            try (Pool pool = Pool.builder().workers(WORKERS).maxHeap("256m").build();
                    Stream<Object> results = pool.imap(item -> {
                        log.append(0);
                        return load == Load.LONG_RESULTS ? new byte[MIB] : item;
                    }, input, chunkSize)) {
                Iterator<Object> reader = results.iterator();
                for (int i = 0; i < READ; i++) {
                    reader.next();
                }
                awaitLevel(() -> pulled.get() + log.size());
                long ahead = pulled.get() - READ;
                for (int i = 0; i < MORE; i++) {
                    reader.next();
                }
                System.out.println("results " + ahead);
            }
        }

        /** Nothing tells that something will not happen: it has to be watched for a while. */
        private static void awaitLevel(LongSupplier counter) {
            long[] last = {counter.getAsLong(), System.nanoTime()};
            Waiting.until(() -> {
                long count = counter.getAsLong();
                if (count != last[0]) {
                    last[0] = count;
                    last[1] = System.nanoTime();
                }
                return System.nanoTime() - last[1] > LEVEL.toNanos();
            });
        }
    }

    /** What is long. */
    enum Load {
        NOTHING, LONG_ITEMS, LONG_RESULTS
    }

    @ParameterizedTest
    @CsvSource({"1", "50"})
    void pullsAnEndlessInputNoFurtherThanTheWindowAheadOfASlowReader(int chunkSize) throws Exception {
        long ahead = Long.parseLong(run(SlowReader.class, "-Xmx64m", Load.NOTHING.name(), Integer.toString(chunkSize)));
        // The window, the chunk that is being filled, and the results that the reader holds in its hand.
        assertThat(ahead).isBetween(1L, (WINDOW_CHUNKS + 2L) * chunkSize);
    }

    @Test
    void pullsLongItemsNoFurtherThanTheirBytesAllow() throws Exception {
        long ahead = Long.parseLong(run(SlowReader.class, "-Xmx128m", Load.LONG_ITEMS.name(), "1"));
        // An eighth of the heap, what workers hold of it, and as much again that came back.
        assertThat(ahead).isBetween(1L, 64L);
    }

    @Test
    void holdsNoMoreLongResultsThanASmallHeapBears() throws Exception {
        long ahead = Long.parseLong(run(SlowReader.class, "-Xmx128m", Load.LONG_RESULTS.name(), "1"));
        assertThat(ahead).isBetween(1L, WINDOW_CHUNKS + 2L);
    }

    /** Sends an array there and back. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] args) {
            byte[] array = new byte[Integer.parseInt(args[0])];
            new Random(1).nextBytes(array);
            try (Property _ = Property.set(SharedPayloadTest.PROPERTY, args[1]);
                    Pool pool = Pool.builder().workers(1).maxHeap("1500m").build()) {
                byte[] back = pool.apply(bytes -> bytes, array);
                System.out.println("results " + Arrays.equals(array, back));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsTwoHundredMegabytesThereAndBack(boolean shared) throws Exception {
        assertThat(run(Echo.class, "-Xmx1500m", "200000000", Boolean.toString(shared))).isEqualTo("true");
    }

    @Test
    void mapsManyLongItems() {
        List<byte[]> items = IntStream.range(0, 50).mapToObj(MemoryTest::fourMebibytes).toList();
        try (Pool pool = Pool.create(WORKERS)) {
            List<byte[]> results = pool.map(bytes -> bytes, items);
            assertThat(results).hasSameSizeAs(items);
            for (int i = 0; i < items.size(); i++) {
                assertThat(Arrays.equals(results.get(i), items.get(i))).as("item %d", i).isTrue();
            }
        }
    }

    private static byte[] fourMebibytes(int seed) {
        byte[] bytes = new byte[4 * MIB];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void mapsInputsOfUnknownSize() {
        List<Integer> expected = IntStream.range(0, 10_000).map(n -> n + 1).boxed().toList();
        try (Pool pool = Pool.create(WORKERS)) {
            assertThat(pool.map(n -> n + 1, unsized())).isEqualTo(expected);
            assertThat(pool.map(n -> n + 1, unsized(), 7)).isEqualTo(expected);
            assertThat(pool.mapAsync(n -> n + 1, unsized()).join()).isEqualTo(expected);
            assertThat(pool.imap(n -> n + 1, unsized()).toList()).isEqualTo(expected);
            Iterable<Integer> iterable = MemoryTest::unsized;
            assertThat(pool.starMap((n, one) -> n + one, iterable, (Iterable<Integer>) () -> Stream.generate(() -> 1)
                    .iterator())).isEqualTo(expected);
        }
    }

    private static Iterator<Integer> unsized() {
        return Stream.iterate(0, n -> n < 10_000, n -> n + 1).iterator();
    }

    /** Runs a main class to its end, which one OutOfMemoryError would be; what it says of its results. */
    private String run(Class<?> main, String heap, String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.add(SideLog.in(directory).file());
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, main,
                List.of(heap, "-XX:+ExitOnOutOfMemoryError"),
                all.toArray(String[]::new))) {
            String results = coordinator.awaitLine("results ");
            coordinator.awaitExit(Duration.ofSeconds(30), 0);
            return results;
        }
    }
}
