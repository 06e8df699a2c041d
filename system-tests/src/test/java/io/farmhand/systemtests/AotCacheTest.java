package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The AOT caches of the jar that users have: made behind their back, used, and never in the way. All that the command
 * line can do it does with them, too.
 */
@FarmTest(seconds = 300)
class AotCacheTest extends CommandLineTest {
    private static final String OPTION = "-XX:AOTCache=";
    private static final String NONE = "none";

    @TempDir
    private static Path made;

    /** What the tests map. */
    public static final class Tasks {
        private Tasks() {}

        /** The cache of the worker and that of the command line. */
        public static String caches(int n) throws IOException {
            return cache("self") + " " + cache(parent());
        }

        /** What the command line's JVM was started with. */
        public static String command(int n) throws IOException {
            return String.join(" ", words(parent()));
        }

        /** Tells who runs it and for whom, and never ends. */
        @SuppressWarnings("InfiniteLoopStatement")
        public static String spin(Path log) throws IOException {
            Files.writeString(log.resolve(ProcessHandle.current().pid() + ""), "");
            Files.writeString(log.resolve(parent()), "");
            while (true) {
                Thread.onSpinWait();
            }
        }

        private static String parent() {
            return Long.toString(ProcessHandle.current().parent().orElseThrow().pid());
        }

        private static List<String> words(String process) throws IOException {
            return List.of(Files.readString(Path.of("/proc", process, "cmdline")).split("\0"));
        }

        private static String cache(String process) throws IOException {
            return words(process).stream().filter(word -> word.startsWith(OPTION))
                    .map(word -> word.substring(OPTION.length())).findFirst().orElse(NONE);
        }
    }

    private record Caches(Path workers, Path command) {}

    @Override
    String caches() {
        return "-Dfarmhand.aot=" + made;
    }

    private static ProcessBuilder mapOne(Path caches, String task, String... options) {
        List<String> command = new ArrayList<>(List.of(JAVA, "-Dfarmhand.aot=" + caches));
        command.addAll(List.of(options));
        command.addAll(List.of("-jar", JAR, "map", "-j", "1", "--jar",
                ROOT.resolve("system-tests/target/test-classes").toString(), Tasks.class.getName() + "::" + task,
                "1"));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static String output(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static List<Path> list(Path directory, String part) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> String.valueOf(file.getFileName()).contains(part)).toList();
        }
    }

    /** By a run that finds none. */
    @BeforeAll
    static void areMade(@TempDir Path temporary) throws Exception {
        String none = output(mapOne(made, "caches", "-Djava.io.tmpdir=" + temporary));
        assertThat(none).isEqualTo(NONE + " " + NONE + "\n");
        // The trainer's directories are its own to remove before this test's.
        await().atMost(Duration.ofMinutes(4))
                .until(() -> list(made, ".aot").size() == 2 && list(temporary, "farmhand-").isEmpty());
    }

    private static Caches used(Path directory) throws Exception {
        String[] caches = output(mapOne(directory, "caches")).strip().split(" ", 2);
        return new Caches(Path.of(caches[0]), Path.of(caches[1]));
    }

    /** Those in a directory of the test's own, where no others will be made. */
    private Caches copies() throws Exception {
        Caches all = used(made);
        Path own = Files.createDirectory(directory.resolve("caches"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (Path cache : List.of(all.workers(), all.command())) {
            Files.copy(cache, own.resolve(cache.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            Files.createFile(own.resolve(cache.getFileName().toString().replaceFirst("-.*", ".failed")));
        }
        return new Caches(own.resolve(all.workers().getFileName()), own.resolve(all.command().getFileName()));
    }

    private static void spoil(Path cache) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
            byte[] garbage = new byte[1 << 20];
            for (long at = 1 << 20; at < file.length() - garbage.length; at += 2L * garbage.length) {
                file.seek(at);
                file.write(garbage);
            }
        }
    }

    @Test
    void areUsedByWorkersAndTheCommandLine() throws Exception {
        Caches used = used(made);
        assertThat(List.of(used.workers(), used.command())).doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(list(made, ".aot"));
    }

    @Test
    void ofWorkersIsGivenUpWhereItIsBroken() throws Exception {
        Caches copies = copies();
        spoil(copies.workers());
        // After some lines about the worker that crashed.
        assertThat(output(mapOne(copies.workers().getParent(), "caches")))
                .endsWith(NONE + " " + copies.command() + "\n");
        assertThat(copies.workers()).doesNotExist();
    }

    @Test
    void ofTheCommandLineIsPassedOverWhereItIsBroken() throws Exception {
        Caches copies = copies();
        spoil(copies.command());
        assertThat(used(copies.command().getParent())).isEqualTo(copies); // so it was told to
    }

    @Test
    void ofTheCommandLineIsRemovedWhenThatCrashes() throws Exception {
        Caches copies = copies();
        Running running = spin(copies.command().getParent());
        new ProcessBuilder("kill", "-SEGV", Long.toString(running.command().pid())).start().waitFor();
        assertThat(running.process().waitFor()).isEqualTo(128 + 6); // it aborts itself
        assertThat(copies.command()).doesNotExist();
        assertThat(copies.workers()).exists();
    }

    @Test
    void ofTheCommandLineIsPassedOverWhereItIsCutOff() throws Exception {
        Caches copies = copies();
        try (RandomAccessFile file = new RandomAccessFile(copies.command().toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThat(used(copies.command().getParent())).isEqualTo(new Caches(copies.workers(), Path.of(NONE)));
    }

    @Test
    void ofTheCommandLineIsUsedWithTheUsersOptionsWhereTheyCanGoWithIt() throws Exception {
        assertThat(output(mapOne(made, "command", "-Xmx300m", "-Da=b c"))).contains(" -Xmx300m -Da=b c ", OPTION);
        assertThat(output(mapOne(made, "command", "-XX:+UseParallelGC"))).contains(" -XX:+UseParallelGC ")
                .doesNotContain(OPTION);
        ProcessBuilder environment = mapOne(made, "command");
        environment.environment().put("JDK_JAVA_OPTIONS", "-Da=b");
        assertThat(output(environment)).doesNotContain(OPTION);
    }

    @Test
    void isUsedByTheNewerJavaThatAnOldOneFinds() throws Exception {
        ProcessBuilder builder = mapOne(made, "caches");
        builder.command().set(0, oldJava().toString());
        assertThat(output(builder)).isEqualTo(output(mapOne(made, "caches")));
    }

    /** The process that the user started, and the one that does the work. */
    @Test
    void nothingIsLeftWhenEitherProcessOfTheCommandLineIsKilled() throws Exception {
        assertThat(killed(true)).isEqualTo(128 + 9);
        assertThat(killed(false)).isEqualTo(128 + 9);
    }

    private int killed(boolean launcher) throws Exception {
        Running running = spin(made);
        (launcher ? running.process().toHandle() : running.command()).destroyForcibly();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !running.command().isAlive() && !running.worker().isAlive());
        return running.process().waitFor();
    }

    /** A run that does not end: what the user has started, what runs the command line, and its worker. */
    private record Running(Process process, ProcessHandle command, ProcessHandle worker) {}

    private Running spin(Path caches) throws Exception {
        Path log = Files.createTempDirectory(directory, "log");
        ProcessBuilder builder = mapOne(caches, "spin").directory(directory.toFile());
        builder.command().removeLast();
        builder.command().add(log.toString());
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        await().atMost(Duration.ofSeconds(60)).until(() -> pids(log).size() == 2);
        List<ProcessHandle> both = pids(log).stream().map(pid -> ProcessHandle.of(pid).orElseThrow()).toList();
        ProcessHandle worker = both.stream().filter(each -> both.contains(each.parent().orElseThrow())).findFirst()
                .orElseThrow();
        ProcessHandle command = worker.parent().orElseThrow();
        assertThat(command.pid()).isNotEqualTo(process.pid());
        return new Running(process, command, worker);
    }
}
