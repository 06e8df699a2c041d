package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AOT cache of the jar that users have: made behind their back, used, and never in the way. */
@FarmTest(seconds = 180)
class AotCacheTest {
    private static final Path ROOT = Path.of(System.getProperty("farmhand.root"));
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path directory;

    /** What the tests map. */
    public static final class Tasks {
        private Tasks() {}

        /** Whether the worker was started with a cache. */
        public static boolean isCached(int n) {
            return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
        }
    }

    private String map() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(JAVA, "-Dfarmhand.aot=" + directory.resolve("caches"),
                "-Djava.io.tmpdir=" + directory, "-jar", ROOT.resolve("coordinator/target/coordinator.jar").toString(),
                "map", "-j", "1", "--jar", ROOT.resolve("system-tests/target/test-classes").toString(),
                Tasks.class.getName() + "::isCached", "1").redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private List<Path> caches() throws IOException {
        Path caches = directory.resolve("caches");
        if (!Files.isDirectory(caches)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(caches)) {
            return files.filter(file -> file.toString().endsWith(".aot")).toList();
        }
    }

    /** One test, since making a cache takes seconds. */
    @Test
    void isMadeByTheFirstPoolAndUsedByTheNextAndGivenUpWhereItIsBroken() throws Exception {
        assertThat(map()).isEqualTo("false\n");
        // Its directory is the trainer's to remove before this test's.
        await().atMost(Duration.ofMinutes(2)).until(() -> caches().size() == 1 && farms().isEmpty());
        Path cache = caches().getFirst();
        assertThat(map()).isEqualTo("true\n");

        try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
            byte[] garbage = new byte[1 << 20];
            for (long at = 1 << 20; at < file.length() - garbage.length; at += 2L * garbage.length) {
                file.seek(at);
                file.write(garbage);
            }
        }
        assertThat(map()).endsWith("false\n"); // after some lines about the worker that crashed
        assertThat(caches()).isEmpty(); // so that another may be made
    }

    private List<Path> farms() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("farmhand-")).toList();
        }
    }
}
