package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.PoolBrokenException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers that cannot start break the pool soon, with a reason; nothing hangs. */
@FarmTest
class StartFailureTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"-XX:NoSuchFlag, NoSuchFlag", "-Xmx900000g, heap", "-javaagent:/nonexistent.jar, /nonexistent.jar",
            "-cp /nonexistent, WorkerMain", "--no-such-option, no-such-option"})
    void saysWhyTheWorkersCannotStart(String jvmArgs, String reason) {
        assertThat(assertBroken(jvmArgs.split(" ", -1))).hasMessageContaining(reason);
    }

    @Test
    void saysWhyWorkersExitBeforeTheyJoin() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ExitingAgent.class.getName());
        Path agent = directory.resolve("agent.jar");
        try (OutputStream file = Files.newOutputStream(agent);
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.finish();
        }
        assertThat(assertBroken("-javaagent:" + agent)).hasMessageContaining("exitCode=9")
                .hasMessageContaining("the agent leaves");
    }

    /** A Java agent that ends its JVM before main. */
    public static final class ExitingAgent {
        private ExitingAgent() {}

        /** The agent's entry. */
        public static void premain(String arguments) {
            System.err.println("the agent leaves");
            System.exit(9);
        }
    }

    private static Throwable assertBroken(String... jvmArgs) {
        long start = System.nanoTime();
        Throwable thrown = catchThrowable(() -> Pool.builder().workers(2).jvmArgs(jvmArgs).build().close());
        assertThat(thrown).isInstanceOf(PoolBrokenException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        return thrown;
    }

    @Test
    void breaksWhenLostWorkersCannotBeReplaced() throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        List<Long> items = LongStream.range(0, 1000).boxed().toList();
        try (Pool pool = Pools.whole(Pool.builder().directory(here), 2)) {
            String removed = here.toString();
            CompletableFuture<List<Long>> results = pool.mapAsync(n -> removeAndHalt(removed, n), items, 1);
            assertThatThrownBy(() -> results.get(SOON.toSeconds(), TimeUnit.SECONDS)).cause()
                    .isInstanceOf(PoolBrokenException.class).hasMessageContaining("could not be started")
                    .hasMessageContaining(here.toString());
            assertThatThrownBy(() -> pool.map(n -> n, items)).isInstanceOf(PoolBrokenException.class)
                    .hasMessageContaining(here.toString());
            assertThatThrownBy(() -> pool.submit(() -> 1).get()).cause().isInstanceOf(PoolBrokenException.class);
            assertThatThrownBy(() -> pool.imap(n -> n, items).toList()).isInstanceOf(PoolBrokenException.class);
        }
    }

    static long removeAndHalt(String workingDirectory, long item) throws IOException {
        Files.deleteIfExists(Path.of(workingDirectory));
        Runtime.getRuntime().halt(1);
        return item;
    }

    @ParameterizedTest(name = "{0} descriptors, {1} workers")
    @CsvSource({"64, 2", "100, 2", "100, 20"})
    void doesNotHangWithoutDescriptors(int limit, int workers) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder("bash", "-c", "ulimit -n " + limit + "; exec \"$@\"", "bash", java,
                "-Xmx128m",
                "-cp", System.getProperty("java.class.path"), FewDescriptors.class.getName(), Integer.toString(workers))
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).as("ended, with %s", Files.readString(output)).isTrue();
            assertThat(Files.readString(output)).containsAnyOf(FewDescriptors.WORKED, "PoolBrokenException: ",
                    "Too many open files");
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }

    /** A coordinator for a process with a low limit. */
    static final class FewDescriptors {
        static final String WORKED = "all 1000 squares";

        private FewDescriptors() {}

        public static void main(String[] arguments) {
            try (Pool pool = Pool.create(Integer.parseInt(arguments[0]))) {
                List<Long> squares = pool.map(n -> n * n, LongStream.range(0, 1000).boxed().toList());
                System.out.println("all " + squares.size() + " squares");
            }
        }
    }
}
