package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.CallOptions;
import io.farmhand.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call never has more under way than it may, by count and by bytes, and a slow reader stops the sender. */
@FarmTest
class BackpressureTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MIB = 1 << 20;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    /** How many items were taken from the input. */
    private final AtomicLong pulled = new AtomicLong();

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    private Stream<Long> endless() {
        return Stream.generate(pulled::getAndIncrement);
    }

    static long logged(SideLog log, long item) {
        log.append(item);
        return item;
    }

    /** Gives a sender that does not stop the time to go on: the workers answer other calls meanwhile. */
    private static void letTheSenderRun() {
        for (int i = 0; i < 20; i++) {
            pool.map(n -> n, List.of(1, 2, 3, 4), 1);
        }
    }

    /** Reads slowly; whatever has been read, the input is never further ahead than that. */
    private void assertNeverFurtherAhead(Stream<Long> results, long most) {
        try (results) {
            Iterator<Long> iterator = results.iterator();
            for (long read = 1; read <= 5; read++) {
                assertThat(iterator.next()).isNotNegative();
                letTheSenderRun();
                assertThat(pulled.get()).as("items pulled when %d were read", read).isLessThanOrEqualTo(read + most);
            }
            for (long read = 6; read <= 500; read++) {
                assertThat(iterator.next()).isNotNegative();
                assertThat(pulled.get()).as("items pulled when %d were read", read).isLessThanOrEqualTo(read + most);
            }
        }
    }

    // ---- by count ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdsNoMoreItemsThanItMayWhateverTheReaderDoes(boolean ordered) {
        SideLog begun = log;
        Pool bounded = pool.with(options -> options.maxInFlight(10));
        assertNeverFurtherAhead(ordered
                ? bounded.imap(n -> logged(begun, n), endless())
                : bounded.imapUnordered(n -> logged(begun, n), endless()), 10);
    }

    @Test
    void countsWholeChunks() {
        SideLog begun = log;
        assertNeverFurtherAhead(pool.with(options -> options.maxInFlight(20)).imap(n -> logged(begun, n), endless(),
                10), 30);
    }

    @Test
    void letsOneChunkGoThoughItIsLongerThanMayBeUnderWay() {
        SideLog begun = log;
        try (Stream<Long> results = pool.with(options -> options.maxInFlight(1)).imap(n -> logged(begun, n), endless(),
                50)) {
            assertThat(results.limit(200)).isEqualTo(LongStream.range(0, 200).boxed().toList());
        }
    }

    @Test
    void stopsTheSenderOfASlowReaderWithoutBeingTold() {
        SideLog begun = log;
        try (Stream<Long> results = pool.imap(n -> logged(begun, n), endless())) {
            assertThat(results.iterator().next()).isZero();
            letTheSenderRun();
            await().atMost(PATIENCE).until(() -> {
                long before = pulled.get();
                letTheSenderRun();
                return pulled.get() == before;
            });
            assertThat(pulled.get()).isLessThanOrEqualTo(1 + 512 * WORKERS + 1);
            assertThat(log.size()).isLessThanOrEqualTo(pulled.get());
        }
    }

    @Test
    void pullsAListsInputNoFurtherThanWhatIsUnderWay() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        Iterator<Long> input = LongStream.range(0, 100).peek(n -> pulled.incrementAndGet()).iterator();
        CompletableFuture<List<Long>> call = pool.with(options -> options.maxInFlight(6)).mapAsync(
                n -> waiting(begun, gate, n), input, 2);
        log.awaitSize(WORKERS);
        // The workers are busy until the gate opens, and so nothing ends.
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(() -> pulled.get() <= 8);
        gate.open();
        assertThat(call.join()).isEqualTo(LongStream.range(0, 100).boxed().toList());
    }

    static long waiting(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }

    // ---- by bytes ----

    private static UnaryOperator<CallOptions> bytes(long most) {
        return options -> options.maxInFlightBytes(most);
    }

    @Test
    void holdsNoMoreBytesThanItMayOfItemsAndResultsTogether() {
        Stream<byte[]> input = endless().map(n -> new byte[MIB]);
        try (Stream<byte[]> results = pool.with(bytes(4 * MIB)).imap(array -> array, input)) {
            Iterator<byte[]> iterator = results.iterator();
            for (int read = 1; read <= 30; read++) {
                assertThat(iterator.next()).hasSize(MIB);
                if (read % 10 == 1) {
                    letTheSenderRun();
                }
                assertThat(pulled.get()).as("items pulled when %d were read", read).isLessThanOrEqualTo(read + 5);
            }
        }
    }

    @Test
    void beginsNoMoreWhenResultsThatNobodyReadsFillIt() {
        SideLog begun = log;
        try (Stream<byte[]> results = pool.with(bytes(8 * MIB)).imap(n -> large(begun, n), endless())) {
            Iterator<byte[]> iterator = results.iterator();
            for (int read = 1; read <= 30; read++) {
                assertThat(iterator.next()).hasSize(MIB);
                if (read % 10 == 1) {
                    letTheSenderRun();
                }
                // What a worker holds was sent before anybody knew how long its results are.
                assertThat(log.size()).as("items begun when %d were read", read).isLessThanOrEqualTo(
                        read + 8 + 16 * WORKERS);
            }
        }
    }

    static byte[] large(SideLog log, long item) {
        log.append(item);
        return new byte[MIB];
    }

    @Test
    void letsOneItemGoHoweverLong() {
        List<byte[]> items = List.of(new byte[3 * MIB], new byte[2 * MIB], new byte[1]);
        assertThat(pool.with(bytes(1)).map(array -> array.length, items, 1)).containsExactly(3 * MIB, 2 * MIB, 1);
        assertThat(pool.with(bytes(1)).imap(array -> array.length, items)).containsExactly(3 * MIB, 2 * MIB, 1);
    }
}
