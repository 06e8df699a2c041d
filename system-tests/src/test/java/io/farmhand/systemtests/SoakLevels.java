package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** What the coordinator holds whenever all is quiet, which is to stay as it was. */
final class SoakLevels {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final double GROWTH_BORNE = 1.25;
    private static final long BYTES_BORNE = 3L << 20;
    /** The longest payloads, once for each way. */
    private static final long LENT_BYTES_BORNE = 32L << 20;
    /** What the JDK, its caches and the harness may come to need later on. */
    private static final long FEW = 4;

    /**
     * What is held at one moment.
     *
     * @param files in the farm's directories
     */
    record Level(long heapBytes, long directBytes, long descriptors, long threads, long files) {
        static Level now() {
            System.gc();
            Belongings belongings = Belongings.now();
            return new Level(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                            .mapToLong(BufferPoolMXBean::getMemoryUsed).sum(),
                    belongings.descriptors().values().stream().mapToLong(Long::longValue).sum(),
                    belongings.threads().size(),
                    belongings.directories().stream().mapToLong(Level::files).sum());
        }

        private static long files(String directory) {
            try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.io.tmpdir"), directory))) {
                return files.count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return "heap=%.1f MiB direct=%.1f MiB descriptors=%d threads=%d files=%d".formatted(
                    heapBytes / (double) (1 << 20), directBytes / (double) (1 << 20), descriptors, threads, files);
        }
    }

    private final List<Level> levels = new ArrayList<>();

    /** Takes another level, and waits until what is counted is no more than at first. Memory may vary. */
    Level take() {
        Level[] last = {Level.now()};
        if (!levels.isEmpty()) {
            Level first = levels.getFirst();
            await().atMost(PATIENCE).pollDelay(Duration.ZERO).untilAsserted(() -> {
                last[0] = Level.now();
                assertThat(last[0].descriptors()).as("descriptors: at first %s, now %s", first, last[0])
                        .isLessThanOrEqualTo(first.descriptors() + FEW);
                assertThat(last[0].threads()).as("threads: at first %s, now %s: %s", first, last[0],
                        Belongings.now().threads()).isLessThanOrEqualTo(first.threads());
                assertThat(last[0].files()).as("files: at first %s, now %s", first, last[0])
                        .isLessThanOrEqualTo(first.files());
            });
        }
        levels.add(last[0]);
        return last[0];
    }

    /** The first was taken in a cold JVM, and so it does not count where there are enough. */
    void assertMemoryIsLevel() {
        List<Level> warm = levels.size() > 3 ? levels.subList(1, levels.size()) : levels;
        assertLevel("heap", warm.stream().map(Level::heapBytes).toList());
        assertFloor("direct buffers", warm.stream().map(Level::directBytes).toList());
    }

    /** Compares the means of the first and the last third. */
    static void assertLevel(String what, List<Long> bytes) {
        int third = Math.max(1, bytes.size() / 3);
        double first = mean(bytes.subList(0, third));
        double last = mean(bytes.subList(bytes.size() - third, bytes.size()));
        assertThat(last).as("%s: bytes=%s", what, bytes).isLessThanOrEqualTo(GROWTH_BORNE * first + BYTES_BORNE);
    }

    /**
     * Compares the least of the first and the last third: what a thread holds for the write that it is at, or was at last, comes
     * and goes with long payloads and with threads, but a leak raises the floor.
     */
    private static void assertFloor(String what, List<Long> bytes) {
        int third = Math.max(1, bytes.size() / 3);
        long first = Collections.min(bytes.subList(0, third));
        long last = Collections.min(bytes.subList(bytes.size() - third, bytes.size()));
        assertThat(last).as("%s: bytes=%s", what, bytes).isLessThanOrEqualTo(first + LENT_BYTES_BORNE);
    }

    private static double mean(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).average().orElse(0);
    }
}
