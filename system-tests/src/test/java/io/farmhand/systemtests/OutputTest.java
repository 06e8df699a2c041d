package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.WorkerCrashedException;
import io.farmhand.WorkerOutput;
import io.farmhand.task.RemoteFunction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tasks print arrives, whatever and however much it is. */
@FarmTest
class OutputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MANY_BYTES = 100_000_000;
    /** The longest part of a line, as {@link WorkerOutput} tells. */
    private static final int PART_CHARS = 8 * 1024;

    private static final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private static final AtomicLong binaryChars = new AtomicLong();
    private static final AtomicInteger longest = new AtomicInteger();
    private static Pool pool;

    record Line(int worker, boolean stderr, String text) {}

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pool.builder().output(OutputTest::take), 2);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void forget() {
        lines.clear();
        binaryChars.set(0);
        longest.set(0);
    }

    private static void take(int worker, boolean stderr, String text) {
        longest.accumulateAndGet(text.length(), Math::max);
        if (text.length() > 200) {
            binaryChars.addAndGet(text.length());
        } else if (text.startsWith("-")) {
            lines.add(new Line(worker, stderr, text));
        }
    }

    private static List<Line> awaitLines(int count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> lines.size() >= count);
        return List.copyOf(lines);
    }

    @Test
    void comesLineByLineWithTheWorkersNumberAndTheStream() {
        List<Integer> items = List.of(0, 1, 2, 3, 4, 5);
        var results = Pools.all(pool.imapResults(OutputTest::print, items));
        List<Line> expected = new ArrayList<>();
        results.forEach(result -> {
            expected.add(new Line(result.worker(), false, "-out " + result.index()));
            expected.add(new Line(result.worker(), true, "-err " + result.index()));
        });
        assertThat(awaitLines(12)).containsExactlyInAnyOrderElementsOf(expected);
    }

    static int print(int item) {
        System.out.println("-out " + item);
        System.err.println("-err " + item);
        return item;
    }

    @Test
    void keepsTheOrderOfAStreamsLines() {
        RemoteFunction<Integer, Integer> f = count -> {
            for (int i = 0; i < count; i++) {
                System.out.println("-" + i);
            }
            return count;
        };
        pool.apply(f, 1000);
        assertThat(awaitLines(1000)).extracting(Line::text).containsExactly(
                Stream.iterate(0, i -> i + 1).limit(1000).map(i -> "-" + i).toArray(String[]::new));
    }

    @Test
    void isUtf8() {
        RemoteFunction<String, Integer> f = text -> {
            System.out.println(text);
            System.err.println(text);
            return 0;
        };
        String text = "-é ß \u2603 \ud83d\ude00";
        pool.apply(f, text);
        assertThat(awaitLines(2)).extracting(Line::text).containsOnly(text);
    }

    @Test
    void endsLinesAsUnixAndAsWindowsDoes() {
        RemoteFunction<String, Integer> f = text -> {
            System.out.print(text);
            System.out.flush();
            return 0;
        };
        pool.apply(f, "-a\r\n-b\n-\n-c\rd\n");
        assertThat(awaitLines(4)).extracting(Line::text).containsExactly("-a", "-b", "-", "-c\rd");
    }

    @Test
    @FarmTest(seconds = 120)
    void takesAHundredMegabytesOfAnythingOnBothStreams() {
        long before = usedBytes();
        List<Integer> written = pool.map(OutputTest::writeBinary, List.of(0, 1), 1);
        long after = usedBytes();
        assertThat(written).containsExactly(MANY_BYTES, MANY_BYTES);
        await().atMost(PATIENCE).until(() -> binaryChars.get() > MANY_BYTES);
        assertThat(longest.get()).isLessThanOrEqualTo(PART_CHARS);
        assertThat(after - before).isLessThan(MANY_BYTES / 2);
        assertThat(pool.map(n -> n + 1, List.of(1, 2))).containsExactly(2, 3);
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** All byte values but the end of a line. */
    static int writeBinary(int item) throws IOException {
        byte[] bytes = new byte[1_000_000];
        new Random(item).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '\n' ? 0 : bytes[i];
        }
        // Not closed, for that would close the worker's own.
        FileOutputStream stream = new FileOutputStream(item == 0 ? FileDescriptor.out : FileDescriptor.err);
        int written = 0;
        while (written < MANY_BYTES) {
            stream.write(bytes);
            written += bytes.length;
        }
        stream.write('\n');
        return written;
    }

    @Test
    void keepsOnlyALittleOfWhatADeadWorkerPrinted() {
        List<Line> received = new ArrayList<>();
        WorkerOutput sink = (worker, stderr, text) -> {
            if (stderr && text.contains("last words")) {
                synchronized (received) {
                    received.add(new Line(worker, stderr, text));
                }
            }
        };
        try (Pool mortal = Pool.builder().workers(1).output(sink).build()) {
            Throwable thrown = catchThrowable(() -> mortal.apply(OutputTest::writeAndHalt, 10_000_000));
            assertThat(thrown).isInstanceOf(WorkerCrashedException.class).hasMessageEndingWith("last words");
            assertThat(String.valueOf(thrown.getMessage()).length()).isLessThan(50_000);
        }
        synchronized (received) {
            assertThat(received).hasSize(3).containsOnly(new Line(0, true, "last words"));
        }
    }

    static int writeAndHalt(int count) {
        byte[] line = ("x".repeat(999) + "\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count / line.length; i++) {
            System.err.write(line, 0, line.length);
        }
        System.err.print("last words");
        System.err.flush();
        Runtime.getRuntime().halt(1);
        return count;
    }

    @Test
    void goesOnWhenItsReceiverThrows() {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        WorkerOutput sink = (worker, stderr, text) -> {
            received.add(text);
            throw new AssertionError("a receiver that throws");
        };
        try (Pool loud = Pool.builder().workers(1).output(sink).build()) {
            RemoteFunction<Integer, Integer> f = n -> {
                System.out.println("line " + n);
                return n;
            };
            assertThat(loud.map(f, List.of(1, 2, 3))).containsExactly(1, 2, 3);
            await().atMost(PATIENCE).until(() -> received.containsAll(List.of("line 1", "line 2", "line 3")));
        }
    }
}
