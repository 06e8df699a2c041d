package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as its users have it: the jar, real workers, real streams; without AOT caches. */
@FarmTest(seconds = 90)
class CommandLineTest {
    static final Path ROOT = Path.of(System.getProperty("farmhand.root"));
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    static final String JAR = ROOT.resolve("coordinator/target/coordinator.jar").toString();
    private static final String EXAMPLES = ROOT.resolve("examples/target/examples.jar").toString();
    private static final String TASKS = "io.farmhand.systemtests.CommandLineTest$Tasks::";

    @TempDir
    Path directory;

    /** What the tests map. */
    public static final class Tasks {
        private Tasks() {}

        /** Fails at odd numbers. */
        public static int even(int n) {
            if (n % 2 == 1) {
                throw new IllegalStateException("odd: " + n);
            }
            return n;
        }

        /** Tells who runs it, and never ends. */
        @SuppressWarnings("InfiniteLoopStatement")
        public static String spin(Path log) throws IOException {
            Files.writeString(log.resolve(ProcessHandle.current().pid() + ""), "");
            while (true) {
                Thread.onSpinWait();
            }
        }

        /** Prints, and ends its JVM at 2. */
        public static String halt(int n) {
            System.out.println("at " + n);
            if (n == 2) {
                Runtime.getRuntime().halt(9);
            }
            return "done " + n;
        }
    }

    record Ended(int status, String output, String errors) {}

    /** Where the caches are, as a JVM's option. */
    String caches() {
        return "-Dfarmhand.aot=off";
    }

    private ProcessBuilder farm(String... arguments) {
        List<String> command = new ArrayList<>(List.of(JAVA, caches(), "-jar", JAR));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(directory.resolve("err").toFile());
    }

    ProcessBuilder map(String task, String... inputs) {
        List<String> arguments = new ArrayList<>(List.of("map", "-j", "2", "--jar",
                ROOT.resolve("system-tests/target/test-classes").toString(), TASKS + task));
        arguments.addAll(List.of(inputs));
        return farm(arguments.toArray(String[]::new));
    }

    Ended run(ProcessBuilder builder, String input) throws IOException, InterruptedException {
        Process process = builder.start();
        try (BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output, errors());
    }

    String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Test
    void mapsTheLinesOfStandardInputInOrder() throws Exception {
        String input = IntStream.range(0, 5000).mapToObj(i -> 2 * i + "\n").collect(Collectors.joining());
        Ended ended = run(map("even"), input);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.output()).isEqualTo(input);
        assertThat(ended.status()).isZero();
    }

    @Test
    void tellsFailedItemsAndCountsThem() throws Exception {
        Ended ended = run(map("even", "0", "1", "2", "x", "4"), "");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output()).isEqualTo("0\n2\n4\n");
        assertThat(ended.errors()).contains("farm: item 1 (\"1\") failed on worker ",
                "java.lang.IllegalStateException: odd: 1", "CommandLineTest$Tasks.even(CommandLineTest.java:",
                "farm: item 3 (\"x\") failed", "'x' is not an int");
    }

    @Test
    void losesOnlyTheItemThatEndsItsWorker() throws Exception {
        Ended ended = run(map("halt", "1", "2", "3"), "");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).isEqualTo("done 1\ndone 3\n");
        assertThat(ended.errors()).contains("exitCode=9").containsPattern("\\[worker \\d\\] at 3");
    }

    @Test
    void printsRecordsAsJson() throws Exception {
        Ended ended = run(farm("map", "--jar", EXAMPLES, "io.farmhand.examples.Describe::file",
                "examples/src/test/resources/csv/one-row.csv"), "");
        assertThat(ended.output()).startsWith("{\"file\":\"one-row.csv\",\"columns\":[{\"name\":\"a\",\"count\":1,");
        assertThat(ended.status()).isZero();
    }

    @Test
    void namesWhatIsNearestToAnUnknownName() throws Exception {
        String describe = "io.farmhand.examples.Describe::";
        assertUsage("io.farmhand.examples.Describe", farm("map", "--jar", EXAMPLES,
                "io.farmhand.examples.Descirbe::file", "x"));
        assertUsage("did you mean file", farm("map", "--jar", EXAMPLES, describe + "flie", "x"));
        assertUsage("README.md", farm("map", "--jar", EXAMPLES, describe + "file", "READNE.md"));
        assertUsage("examples.jar", farm("map", "--jar", EXAMPLES.replace("examples.jar", "exmples.jar"),
                describe + "file", "x"));
        assertUsage("--chunk-size", farm("map", "--chunksize", "3", describe + "file", "x"));
    }

    @Test
    void namesTheJarThatIsForANewerJava() throws Exception {
        int java = Runtime.version().feature();
        Path jar = UserJar.forJava(directory, "new.jar", "New", java + 1);
        assertUsage("class New in new.jar was compiled for java=" + (java + 1) + ", and this is java=" + java
                + "; compile it with --release " + java, farm("map", "--jar", jar.toString(), "New::line", "x"));
    }

    private void assertUsage(String named, ProcessBuilder command) throws Exception {
        Ended ended = run(command, "");
        assertThat(ended.status()).as(ended.errors()).isEqualTo(2);
        assertThat(ended.errors()).contains(named);
        assertThat(ended.output()).isEmpty();
    }

    @Test
    void printsAResultBeforeTheNextLineIsThere() throws Exception {
        Process process = map("even").start();
        try (BufferedWriter in = process.outputWriter(); BufferedReader out = process.inputReader()) {
            for (int n = 0; n < 20; n += 2) {
                in.write(n + "\n");
                in.flush();
                assertThat(out.readLine()).isEqualTo(Integer.toString(n));
            }
        }
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void endsAtOnceAndLeavesNoWorkerOnTheSecondInterrupt() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        Process process = map("spin", log.toString(), log.toString()).start();
        await().atMost(Duration.ofSeconds(60)).until(() -> pids(log).size() == 2);
        List<ProcessHandle> workers = pids(log).stream().map(pid -> ProcessHandle.of(pid).orElseThrow()).toList();
        interrupt(process);
        await().until(() -> errors().contains("farm: interrupted: what runs is finished first"));
        assertThat(process.isAlive()).isTrue();
        await().until(() -> { // the same one may come twice, so one that follows at once does not count
            interrupt(process);
            return !process.isAlive();
        });
        assertThat(process.waitFor()).isEqualTo(130);
        await().atMost(Duration.ofSeconds(5)).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
    }

    static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    static List<Long> pids(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.map(file -> Long.valueOf(file.getFileName().toString())).toList();
        }
    }

    @Test
    void endsQuietlyWhenNobodyReadsItsResults() throws Exception {
        String farm = "'%s' '%s' -jar '%s' map -j 2 java.lang.Long::toHexString".formatted(JAVA, caches(), JAR);
        Process process = new ProcessBuilder("bash", "-c",
                "seq 1 2000000 | " + farm + " | head -n 1; echo ${PIPESTATUS[1]}")
                .redirectError(directory.resolve("err").toFile())
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("1\n141\n");
        assertThat(errors()).isEmpty();
    }

    @Test
    void findsANewerJavaWhenItIsStartedWithAnOldOne() throws Exception {
        Path old = oldJava();
        Ended ended = run(new ProcessBuilder(old.toString(), caches(), "-jar", JAR, "map", "java.lang.Math::abs", "-7")
                .redirectError(directory.resolve("err").toFile()), "");
        assertThat(ended).isEqualTo(new Ended(0, "7\n", ""));

        ProcessBuilder lonely = new ProcessBuilder(old.toString(), "-Dfarm.java.search=" + directory, "-jar", JAR,
                "map",
                "java.lang.Math::abs", "-7").redirectError(directory.resolve("err").toFile());
        lonely.environment().remove("JAVA_HOME");
        Ended without = run(lonely, "");
        assertThat(without.status()).isEqualTo(2);
        assertThat(without.errors().lines()).as(without.errors()).hasSize(1);
    }

    static Path oldJava() throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        Assumptions.assumeTrue(Files.isDirectory(installed), "no place where Java is installed");
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> home.getFileName().toString().matches(".*\\b(8|11|17|21)\\b.*"))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseGet(() -> Assumptions.abort("no older Java is installed"));
        }
    }
}
