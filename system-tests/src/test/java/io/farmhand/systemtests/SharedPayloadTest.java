package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.task.Broadcast;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long payloads go through shared memory: whole, once, and whoever dies with one in its hands leaves nothing. */
@FarmTest(replacesWorkers = true)
class SharedPayloadTest {
    static final String PROPERTY = "farmhand.payload.shared";
    private static final int MIB = 1 << 20;
    private static final Path SHARED = Path.of("/dev/shm");

    @TempDir
    Path directory;

    /** The files with payloads of this JVM's farms. */
    private static List<Path> segments() {
        String ours = "farmhand-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> directories = Files.list(SHARED)) {
            List<Path> found = new ArrayList<>();
            for (Path farm : directories.filter(path -> path.getFileName().toString().startsWith(ours)).toList()) {
                try (Stream<Path> files = Files.list(farm)) {
                    files.filter(file -> file.getFileName().toString().matches("c\\d+|w\\d+-\\d+-\\d+"))
                            .forEach(found::add);
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] numbers(int seed, int count) {
        return new Random(seed).doubles(count).toArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void longArraysGoThereAndBack(boolean shared) {
        List<double[]> items = IntStream.range(0, 12).mapToObj(i -> numbers(i, (1 + i % 4) * MIB / 4)).toList();
        try (Property _ = Property.set(PROPERTY, Boolean.toString(shared));
                Pool pool = Pools.quick().workers(2).build()) {
            for (int round = 0; round < 2; round++) {
                List<double[]> back = pool.map(array -> array, items, 1);
                for (int i = 0; i < items.size(); i++) {
                    assertThat(Arrays.equals(back.get(i), items.get(i))).as("item %d", i).isTrue();
                }
            }
            assertThat(segments().isEmpty()).as("no segments").isEqualTo(!shared);
        }
        assertThat(segments()).isEmpty();
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.payload.shared", matches = "false")
    void segmentsAreUsedAgain() {
        List<byte[]> items = IntStream.range(0, 40).mapToObj(i -> new byte[3 * MIB]).toList();
        try (Pool pool = Pools.quick().workers(2).build()) {
            for (int round = 0; round < 3; round++) {
                assertThat(pool.map(array -> array.length, items, 1)).containsOnly(3 * MIB);
            }
            // The window, and what is being written and read.
            assertThat(segments()).hasSizeBetween(1, 64 / 3 + 4);
        }
    }

    /** Ends the worker that reads or writes it, at a part of its bytes, as often as it is told to. */
    private static final class Deadly implements Serializable {
        private static final long serialVersionUID = 1;
        private static final int PIECE = 64 << 10;

        private final long home = ProcessHandle.current().pid();
        private final String directory;
        private final int seed;
        private final int deathsReading;
        private final int deathsWriting;
        private transient byte[] load;

        Deadly(Path directory, int seed, int deathsReading, int deathsWriting) {
            this.directory = directory.toString();
            this.seed = seed;
            this.deathsReading = deathsReading;
            this.deathsWriting = deathsWriting;
            this.load = new byte[(2 + seed % 3) * MIB + seed];
            new Random(seed).nextBytes(load);
        }

        private boolean isWhole() {
            return Arrays.equals(load, new Deadly(Path.of(directory), seed, 0, 0).load);
        }

        private void dieSometimes(String at, int times, int piece, int pieces) throws IOException {
            if (ProcessHandle.current().pid() == home || piece != new Random(seed * 31L + times).nextInt(pieces)) {
                return;
            }
            for (int i = 0; i < times; i++) {
                if (isFirst(Path.of(directory, at + seed + "-" + i))) {
                    Runtime.getRuntime().halt(9);
                }
            }
        }

        private static boolean isFirst(Path mark) throws IOException {
            try {
                Files.createFile(mark);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            }
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            out.writeInt(load.length);
            for (int at = 0; at < load.length; at += PIECE) {
                dieSometimes("w", deathsWriting, at / PIECE, load.length / PIECE);
                out.write(load, at, Math.min(PIECE, load.length - at));
            }
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            load = new byte[in.readInt()];
            for (int at = 0; at < load.length; at += PIECE) {
                dieSometimes("r", deathsReading, at / PIECE, load.length / PIECE);
                in.readFully(load, at, Math.min(PIECE, load.length - at));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "false, 3"})
    void resultsAreRightWhenWorkersDieWhileTheyReadAndWriteThem(boolean shared, long seed) throws Exception {
        Random random = new Random(seed);
        List<Deadly> items = IntStream.range(0, 16)
                .mapToObj(i -> new Deadly(directory, i, random.nextInt(8) / 7, random.nextInt(8) / 7)).toList();
        try (Property _ = Property.set(PROPERTY, Boolean.toString(shared));
                Pool pool = Pools.quick().workers(2).build()) {
            List<Deadly> back = pool.map(item -> item.isWhole() ? item : null, items, 1);
            for (int i = 0; i < items.size(); i++) {
                assertThat(back.get(i)).as("item %d", i).isNotNull();
                assertThat(back.get(i).seed).isEqualTo(i);
                assertThat(back.get(i).isWhole()).as("item %d", i).isTrue();
            }
            long deaths = items.stream().mapToInt(item -> item.deathsReading + item.deathsWriting).sum();
            try (Stream<Path> marks = Files.list(directory)) {
                assertThat(marks.count()).as("deaths").isEqualTo(deaths).isPositive();
            }
            // Those of the dead are reclaimed while the pool lives.
            await().untilAsserted(() -> assertThat(segments().stream()
                    .map(file -> file.getFileName().toString().replaceFirst("-\\d+$", ""))
                    .filter(name -> name.startsWith("w")).distinct().count()).isLessThanOrEqualTo(2));
        }
        assertThat(segments()).isEmpty();
    }

    @Test
    void aCancelledCallLeavesSegmentsToTheNext() {
        List<byte[]> items = IntStream.range(0, 30).mapToObj(i -> new byte[2 * MIB]).toList();
        try (Pool pool = Pools.quick().workers(2).build()) {
            for (int round = 0; round < 5; round++) {
                try (Stream<Result<Integer>> some = pool.imapResults(array -> array.length, items, 1)) {
                    assertThat(some.iterator().next()).isInstanceOf(Result.Success.class);
                }
            }
            assertThat(pool.map(array -> array.length, items, 1)).containsOnly(2 * MIB);
        }
        assertThat(segments()).isEmpty();
    }

    // ---- segments of memory as values ----

    private static MemorySegment memory(Arena arena, double... values) {
        return arena.allocateFrom(ValueLayout.JAVA_DOUBLE, values);
    }

    private static double sum(MemorySegment segment) {
        double sum = 0;
        for (long i = 0; i < segment.byteSize() / Double.BYTES; i++) {
            sum += segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"3, true", "300000, true", "300000, false"})
    void aSegmentOfMemoryCanBeAnArgumentAResultCapturedOrBroadcast(int count, boolean shared) {
        double[] values = numbers(1, count);
        try (Arena arena = Arena.ofConfined();
                Property _ = Property.set(PROPERTY, Boolean.toString(shared));
                Pool pool = Pools.quick().workers(1).build()) {
            MemorySegment segment = memory(arena, values);
            double expected = sum(segment);
            assertThat(pool.map(SharedPayloadTest::sum, List.of(segment, segment))).containsExactly(expected, expected);
            assertThat(pool.map(one -> sum(segment), List.of(1))).as("captured").containsExactly(expected);
            List<MemorySegment> back = pool.map(same -> same, List.of(segment, segment.asSlice(8)), 1);
            assertThat(back.get(0).toArray(ValueLayout.JAVA_DOUBLE)).isEqualTo(values);
            assertThat(back.get(0).isReadOnly()).isTrue();
            assertThat(back.get(1).mismatch(segment.asSlice(8))).isEqualTo(-1);
            try (Broadcast<MemorySegment> broadcast = pool.broadcast(segment)) {
                assertThat(pool.map(one -> sum(broadcast.get()), List.of(1, 2), 1)).containsOnly(expected);
            }
        }
    }

    /** What a task of an earlier item has left in its worker. */
    private static final AtomicReference<MemorySegment> KEPT = new AtomicReference<>();

    @Test
    @DisabledIfSystemProperty(named = "farmhand.payload.shared", matches = "false")
    void aTasksViewOfAnArgumentEndsWithItsItem() {
        try (Arena arena = Arena.ofConfined(); Pool pool = Pools.quick().workers(1).build()) {
            MemorySegment segment = memory(arena, numbers(1, MIB));
            RemoteFunction<MemorySegment, Boolean> keep = view -> {
                KEPT.set(view);
                return view.isNative() && view.isReadOnly() && view.scope().isAlive();
            };
            assertThat(pool.apply(keep, segment)).isTrue();
            assertThatThrownBy(() -> pool.apply(one -> KEPT.get().get(ValueLayout.JAVA_BYTE, one), 1))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            assertThat(pool.map(one -> one + 1, List.of(1))).as("the worker lives on").containsExactly(2);
        }
    }
}
