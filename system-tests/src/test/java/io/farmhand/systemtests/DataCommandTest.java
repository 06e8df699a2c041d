package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code farm map} does with data: its sources, formats, results and conditions, and what comes of bad input. */
@FarmTest(seconds = 120)
class DataCommandTest {
    private static final String TASKS = "io.farmhand.systemtests.DataCommandTest$Tasks::";
    private static final String CLASSES = CommandLineTest.ROOT.resolve("system-tests/target/test-classes").toString();

    @TempDir
    Path directory;

    /** What the tests map. Those that sleep are tasks that take a while: no test waits by it. */
    public static final class Tasks {
        private Tasks() {}

        /** A row of a table. */
        public record Person(String name, int age, Double score) {}

        public static String word(String word) {
            return "<" + word + ">";
        }

        public static String pair(String left, int right) {
            return left + right;
        }

        public static String row(Map<String, String> row) {
            return row.get("name") + " is " + row.get("age");
        }

        public static String person(Person person) {
            return person.name() + "/" + (person.age() + 1) + "/" + person.score();
        }

        public static int fields(String[] fields) {
            return fields.length;
        }

        /** Counts the records of a block, and their characters. */
        public static String block(List<String> records) {
            return records.size() + " " + records.stream().mapToInt(String::length).sum();
        }

        /** Fails at numbers that can be divided by three. */
        public static int notThirds(int n) throws InterruptedException {
            Thread.sleep(1);
            if (n % 3 == 0) {
                throw new IllegalStateException("three times " + n / 3);
            }
            return n;
        }

        /** Fails at three, and waits for ever for a path. */
        public static String hangUnlessThird(String text) throws Exception {
            return text.equals("3") ? notThirds(3) + "" : hang(text);
        }

        /** The square, and as many letters. */
        public static String slow(int n) throws InterruptedException {
            Thread.sleep(2);
            return (long) n * n + "," + "x".repeat(n % 7) + "\n\"" + n;
        }

        /** Fails as long as there is no such file. */
        public static String needs(String file) {
            if (!Files.exists(Path.of(file))) {
                throw new IllegalStateException("not yet");
            }
            return "found";
        }

        public static long length(String text) {
            return text.length();
        }

        public static String hang(String log) throws Exception {
            Files.writeString(Path.of(log, ProcessHandle.current().pid() + ""), "");
            new CountDownLatch(1).await();
            return log;
        }

        /** Sleeps for a number, and waits for ever for a path. */
        public static String sleepOrHang(String text) throws Exception {
            if (!text.matches("\\d+")) {
                return hang(text);
            }
            Thread.sleep(100);
            return text;
        }

        public static long size(Path file) throws IOException {
            return Files.size(file);
        }

        /** Who runs it. */
        public static long pid(int n) {
            return ProcessHandle.current().pid();
        }
    }

    private record Ended(int status, String output, String errors) {}

    private ProcessBuilder map(List<String> options, String task, String... inputs) {
        List<String> command = new ArrayList<>(List.of(CommandLineTest.JAVA, "-jar",
                CommandLineTest.JAR, "map", "--jar", CLASSES));
        if (!options.contains("-j")) {
            command.addAll(List.of("-j", "2"));
        }
        command.addAll(options);
        command.add(task.contains("::") ? task : TASKS + task);
        command.addAll(List.of(inputs));
        return new ProcessBuilder(command).directory(directory.toFile())
                .redirectError(directory.resolve("err").toFile());
    }

    private Ended run(String input, List<String> options, String task, String... inputs) throws Exception {
        Process process = map(options, task, inputs).start();
        try (BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(input);
        } catch (IOException e) { // it has not read all of it
            assertThat(e).hasMessageContaining("pipe");
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output, errors());
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    private void assertPrints(String expected, Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.output()).isEqualTo(expected);
        assertThat(ended.status()).isZero();
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    // ---- sources ----

    @Test
    void combinesSourcesOfWordsAndLines() throws Exception {
        file("left.txt", "a\nb\n");
        assertPrints("a1\na2\nb1\nb2\n", run("", List.of(), "pair", ":::", "a", "b", ":::", "1", "2"));
        assertPrints("a1\nb2\n", run("", List.of("--link"), "pair", "::::", "left.txt", ":::", "1", "2"));
        assertPrints("a1\nb2\nc1\n", run("", List.of(), "pair", ":::", "a", "b", "c", ":::+", "1", "2"));
        assertPrints("a7\nb7\n", run("", List.of("-a", "left.txt"), "pair", ":::", "7"));
        assertPrints("<x>\n<y>\n", run("x\ny\n", List.of("-a", "-"), "word"));
        assertPrints("<a\nb>\n<c>\n", run("a\nb\0c\0", List.of("-0"), "word"));
    }

    @Test
    void readsRecordsOfCsvAsMapsRecordsAndFields() throws Exception {
        file("people.csv", "name,Age,score\n\"Ann, \"\"A\"\"\",41,1.5\n\nBob,7,\n");
        assertPrints("Ann, \"A\"/42/1.5\nBob/8/null\n", run("", List.of("--csv"), "person", "people.csv"));
        assertPrints("3\n3\n3\n", run("", List.of("--csv"), "fields", "people.csv"));
        assertPrints("3\n3\n", run("", List.of("--csv", "--header"), "fields", "people.csv"));
        assertPrints("eve is 3\n", run("name;age\neve;3\n", List.of("--csv", "--colsep", ";"), "row"));
        assertPrints("eve/4/null\n", run("eve\t3\t\n", List.of("--csv", "-C", "\\t", "--no-header"), "person"));
        Files.write(directory.resolve("latin.csv"), "name,age\nZoë,3\n".getBytes(StandardCharsets.ISO_8859_1));
        assertPrints("Zoë is 3\n", run("", List.of("--csv", "--charset", "latin1"), "row", "latin.csv"));
        Files.write(directory.resolve("wide.csv"), "\uFEFFname,age\nZoë,3\n".getBytes(StandardCharsets.UTF_16LE));
        assertPrints("Zoë is 3\n", run("", List.of("--csv"), "row", "wide.csv"));
    }

    @Test
    void readsLinesOfJson() throws Exception {
        assertPrints("Ann/42/1.5\n", run("{\"name\":\"Ann\",\"age\":41,\"score\":1.5}\n", List.of("--json"), "person"));
        Ended bad = run("{\"name\":\"Ann\",\"age\":41}\n{\"name\n{\"name\":\"Bob\",\"age\":1}\n", List.of("--json"),
                "person");
        assertThat(bad.output()).isEqualTo("Ann/42/null\nBob/2/null\n");
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.errors()).contains("farm: item 1 (standard input line 2: ", "it is no JSON of a Person");
    }

    @Test
    void cutsStreamsAndFilesIntoBlocksOfWholeRecords() throws Exception {
        String lines = IntStream.range(0, 20_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        long characters = lines.length() - 20_000L;
        assertThat(total(run(lines, List.of("--pipe", "--block", "10k"), "block"), 20)).containsExactly(20_000L,
                characters);
        file("lines.txt", lines);
        assertThat(total(run("", List.of("--pipe-part", "--block", "7k"), "block", "lines.txt"), 20))
                .containsExactly(20_000L, characters);
        String csv = IntStream.range(0, 5_000).mapToObj(i -> i + ",\"a\nb \"\" , c\r\n\"\n")
                .collect(Collectors.joining());
        file("quoted.csv", csv);
        assertThat(total(run("", List.of("--pipe-part", "--csv", "--block", "1k"), "block", "quoted.csv"), 50))
                .containsExactly(5_000L, csv.length() - 5_000L);
        assertThat(total(run(csv, List.of("--pipe", "--csv", "--block", "1k"), "block"), 50))
                .containsExactly(5_000L, csv.length() - 5_000L);
    }

    private static List<Long> total(Ended ended, int leastBlocks) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        List<String[]> rows = ended.output().lines().map(line -> line.split(" ", -1)).toList();
        assertThat(rows).hasSizeGreaterThan(leastBlocks);
        return List.of(rows.stream().mapToLong(row -> Long.parseLong(row[0])).sum(),
                rows.stream().mapToLong(row -> Long.parseLong(row[1])).sum());
    }

    // ---- bad input ----

    @Test
    void tellsWhichRowsAreBadAndGoesOn() throws Exception {
        file("bad.csv", "name,age\nann,1\nragged\nbob,x\n\"eve\"x,3\ncarl,4\n");
        Ended ended = run("", List.of("--csv"), "io.farmhand.systemtests.DataCommandTest$Tasks::row", "bad.csv");
        assertThat(ended.output()).isEqualTo("ann is 1\nbob is x\ncarl is 4\n");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.errors()).contains("farm: item 1 (bad.csv line 3: \"ragged\") failed",
                "it has fields=1, and the header has 2: name,age", "farm: item 3 (bad.csv line 5: ");

        file("ages.csv", "name,age,score\nann,1,\nbob,x,\n");
        Ended typed = run("", List.of("--csv"), "person", "ages.csv");
        assertThat(typed.output()).isEqualTo("ann/2/null\n");
        assertThat(typed.errors()).contains("farm: item 1 (ages.csv line 3: \"bob,x,\") failed",
                "column 2 (age): 'x' is not an int");
    }

    @Test
    void tellsOfBytesThatAreNoTextAndOfQuotesThatAreNeverClosed() throws Exception {
        Files.write(directory.resolve("bytes.txt"), new byte[]{'a', '\n', (byte) 0xFF, '\n', 'b', '\n'});
        Ended bytes = run("", List.of("-a", "bytes.txt"), "word");
        assertThat(bytes.output()).isEqualTo("<a>\n<b>\n");
        assertThat(bytes.status()).isEqualTo(1);
        assertThat(bytes.errors()).contains("bytes.txt line 2", "charset=UTF-8");

        file("open.csv", "name,age\nann,1\n\"bob,2\ncarl,3\n");
        Ended open = run("", List.of("--csv"), "row", "open.csv");
        assertThat(open.output()).isEqualTo("ann is 1\n");
        assertThat(open.status()).isEqualTo(1);
        assertThat(open.errors()).contains("open.csv line 3", "never closed");
    }

    @Test
    void refusesFilesThatCannotBeRead() throws Exception {
        file("input.txt", "1\n");
        assertUsage("did you mean 'input.txt'?", List.of("-a", "inptu.txt"), "word");
        assertUsage("no such file: 'nowhere.csv'", List.of("--csv"), "row", "nowhere.csv");
        assertUsage("is a directory", List.of("--csv"), "row", ".");
        Path secret = Files.createFile(directory.resolve("secret.csv"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        if (!Files.isReadable(secret)) { // root may read all
            assertUsage("cannot be read", List.of("--csv"), "row", "secret.csv");
        }
    }

    @Test
    void refusesAStandardInputThatIsClosedOrADirectory() throws Exception {
        String closed = " <&-";
        for (String redirection : List.of(closed, " < .")) {
            List<String> command = map(List.of(), "word").command();
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                    Stream.of("sh", "-c", "exec \"$0\" \"$@\"" + redirection), command.stream()).toList());
            Process ended = builder.directory(directory.toFile()).redirectError(directory.resolve("err").toFile())
                    .start();
            assertThat(ended.waitFor()).as(errors()).isEqualTo(2);
            assertThat(errors())
                    .contains("farm: standard input is " + (redirection.equals(closed) ? "closed" : "a directory"));
        }
    }

    @Test
    void takesEmptyInputsForNone() throws Exception {
        file("empty.csv", "");
        assertPrints("", run("", List.of("--csv"), "row", "empty.csv"));
        assertPrints("", run("", List.of(), "word"));
        assertPrints("", run("", List.of("--pipe"), "block"));
        assertPrints("", run("", List.of("--pipe-part"), "block", "empty.csv"));
        assertPrints("", run("name,age\n", List.of("--csv"), "row"));
    }

    @Test
    void takesALineOfAHundredMegabytes() throws Exception {
        String line = "x".repeat(100 << 20);
        assertPrints((100 << 20) + "\n1\n", run(line + "\ny\n", List.of(), "length"));
    }

    @Test
    void refusesOptionsThatContradictEachOther() throws Exception {
        assertUsage("--pipe and --pipe-part exclude each other", List.of("--pipe", "--pipe-part"), "block");
        assertUsage("--resume, --resume-failed and --retry-failed need the --joblog", List.of("--resume"), "word");
        assertUsage("inputs must stand behind :::", List.of(), "word", "a", ":::", "b");
        assertUsage("there is no column score", List.of("--csv"), "person", file("short.csv", "name,age\n").toString());
        assertUsage("a Map needs the names of a header", List.of("--csv", "--no-header"), "row", "short.csv");
        assertUsage("'tomorrow' is not a time such as 30s", List.of("--timeout", "tomorrow"), "word", "a");
        assertUsage("'later' is no condition", List.of("--halt", "later"), "word", "a");
        assertUsage("must take 2 parameters", List.of(), "word", ":::", "a", ":::", "b");
        assertUsage("::: gives words, and --csv wants files", List.of("--csv"), "row", ":::", "short.csv");
        assertUsage("--pipe-part needs files", List.of("--pipe-part"), "block");
    }

    private void assertUsage(String words, List<String> options, String task, String... inputs) throws Exception {
        Ended ended = run("", options, task, inputs);
        assertThat(ended.status()).as(ended.errors()).isEqualTo(2);
        assertThat(ended.errors()).contains(words);
        assertThat(ended.output()).isEmpty();
    }

    // ---- results ----

    private static String numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    @Test
    void tagsResultsAndGivesThemInAnyOrder() throws Exception {
        assertPrints("a\t<a>\nb\t<b>\n", run("a\nb\n", List.of("--tag"), "word"));
        Ended ended = run(numbers(0, 300), List.of("--unordered"), "word");
        assertThat(ended.output().lines()).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void keepsResultsInTablesAndDirectories() throws Exception {
        Ended ended = run(numbers(1, 5), List.of("--results", "out.csv"), "notThirds");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).isEmpty();
        assertThat(Files.readString(directory.resolve("out.csv"))).isEqualTo("""
                Seq,V1,Status,Result,Error
                1,1,ok,1,
                2,2,ok,2,
                3,3,failed,,java.lang.IllegalStateException: three times 1
                4,4,ok,4,
                """);
        assertThat(directory.resolve("out.csv.part")).doesNotExist();
        List<String> log = Files.readAllLines(directory.resolve("out.csv.joblog"));
        assertThat(log).hasSize(5).first().asString()
                .startsWith("Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\t");
        assertThat(log.stream().skip(1).map(line -> line.split("\t", -1)[6])).containsExactlyInAnyOrder("0", "0", "1",
                "0");

        run("a b\n", List.of("--results", "out.jsonl"), "word");
        run("", List.of("--results", "two.jsonl"), "pair", ":::", "a", ":::", "1");
        assertThat(Files.readString(directory.resolve("out.jsonl")))
                .isEqualTo("{\"seq\":1,\"input\":\"a b\",\"status\":\"ok\",\"result\":\"<a b>\"}\n");
        assertThat(Files.readString(directory.resolve("two.jsonl")))
                .isEqualTo("{\"seq\":1,\"input\":[\"a\",\"1\"],\"status\":\"ok\",\"result\":\"a1\"}\n");

        run(numbers(2, 4), List.of("--results", "all"), "notThirds");
        assertThat(Files.readString(directory.resolve("all/1.out"))).isEqualTo("2\n");
        assertThat(Files.readString(directory.resolve("all/2.err"))).contains("three times 1");
    }

    @Test
    void retriesWhatFailedAndRefusesWhatHasChanged() throws Exception {
        List<String> options = List.of("--results", "out.csv");
        Path first = directory.resolve("first");
        String inputs = first + "\n" + directory.resolve("never") + "\n";
        assertThat(run(inputs, options, "needs").status()).isEqualTo(2);
        Files.createFile(first);
        List<String> again = List.of("--results", "out.csv", "--resume-failed");
        assertThat(run(inputs, again, "needs").status()).isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("out.csv"))).hasSize(3).element(1).asString()
                .endsWith(",ok,found,");
        assertThat(run(inputs, List.of("--results", "out.csv", "--resume"), "needs").status()).isZero();
        assertThat(run(inputs, List.of("--results", "out.csv", "--retry-failed"), "needs").status()).isEqualTo(1);

        Ended changed = run("other\n" + inputs, again, "needs");
        assertThat(changed.status()).isEqualTo(2);
        assertThat(changed.errors()).contains("the inputs have changed");
        Ended function = run(inputs, again, "word");
        assertThat(function.status()).isEqualTo(2);
        assertThat(function.errors()).contains("is of another function");
    }

    @Test
    void refusesToGoOnWhereWhatInputsMeanHasChanged() throws Exception {
        List<String> options = List.of("--csv", "--results", "out.csv");
        Path in = file("in.csv", "\n\nname,age\nann,1\n");
        assertPrints("", run("", options, "row", in.toString()));
        file("in.csv", "\n\nage,name\nann,1\n");
        assertUsage("the inputs have changed, or a file that they name, or how they are read",
                List.of("--csv", "--results", "out.csv", "--resume"), "row", in.toString());
        assertThat(directory.resolve("out.csv.part")).doesNotExist();

        Path counted = file("counted.txt", "a\n");
        assertPrints("2\n", run("", List.of("--joblog", "log"), "size", counted.toString()));
        assertPrints("", run("", List.of("--joblog", "log", "--resume"), "size", counted.toString()));
        file("counted.txt", "a\nb\n");
        assertUsage("the inputs have changed, or a file that they name",
                List.of("--joblog", "log", "--resume"), "size", counted.toString());
    }

    @Test
    @FarmTest(seconds = 300)
    void aRunThatWasKilledAtRandomMomentsIsResumedToTheSameResults() throws Exception {
        String input = numbers(0, 500);
        assertThat(run(input, List.of("--results", "whole.csv"), "slow").status()).isZero();
        String whole = Files.readString(directory.resolve("whole.csv"));
        Path in = file("in.txt", input);
        Random random = new Random(20261122);
        for (int round = 0; round < 10; round++) {
            Path table = directory.resolve("out" + round + ".csv");
            int kills = 0;
            while (!Files.exists(table)) {
                Process process = map(List.of("--results", table.toString(), "--resume", "-a", in.toString()), "slow")
                        .start();
                process.getOutputStream().close();
                boolean kill = kills < 2;
                if (kill) {
                    Path part = directory.resolve("out" + round + ".csv.part");
                    long before = Files.exists(part) ? Files.size(part) : 0;
                    long target = before + random.nextInt(4_000);
                    await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                            .until(() -> !process.isAlive() || (Files.exists(part) && Files.size(part) > target));
                    List<ProcessHandle> workers = process.descendants().toList();
                    process.destroyForcibly();
                    process.waitFor();
                    await().until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
                    kills++;
                } else {
                    assertThat(process.waitFor()).as(errors()).isZero();
                }
            }
            assertThat(Files.readString(table)).as("round %d", round).isEqualTo(whole);
        }
    }

    @Test
    void losesNothingWhenTheDiskIsFull() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Assumptions.assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0,
                "a small file system can be mounted");
        try {
            String input = numbers(0, 6_000);
            Ended full = run(input, List.of("--results", "small/out.csv", "--joblog", "log"), "word");
            assertThat(full.status()).isEqualTo(102);
            assertThat(full.errors()).contains("farm: cannot write 'small/out.csv': No space left on device",
                    "--resume goes on");
            assertThat(small.resolve("out.csv")).doesNotExist();
            assertThat(new ProcessBuilder("mount", "-o", "remount,size=4m", small.toString()).start().waitFor())
                    .isZero();
            assertThat(
                    run(input, List.of("--results", "small/out.csv", "--joblog", "log", "--resume"), "word").status())
                    .isZero();
            List<String> rows = Files.readAllLines(small.resolve("out.csv"));
            assertThat(rows).hasSize(6_001).last().isEqualTo("6000,5999,ok,<5999>,");
        } finally {
            new ProcessBuilder("umount", small.toString()).start().waitFor();
        }
    }

    // ---- the run ----

    @Test
    void haltsAtConditions() throws Exception {
        Ended now = run(numbers(0, 3000), List.of("--halt", "now,fail=2"), "notThirds");
        assertThat(now.status()).isBetween(2, 10);
        assertThat(now.errors()).contains("farm: halted: failed=2 ");
        Ended soon = run(numbers(1, 3000), List.of("--halt", "soon,done=10", "--results", "some.csv"), "word");
        assertThat(soon.status()).isZero();
        assertThat(Files.readAllLines(directory.resolve("some.csv"))).hasSizeBetween(11, 2500);
    }

    @Test
    void tellsAllThatItCountedWhenItHalts() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        Ended first = run("", List.of("--halt", "now,success=1", "--joblog", "some.log"), "sleepOrHang",
                log.toString(), "1");
        assertThat(first.status()).isZero();
        assertThat(first.output()).isEqualTo("1\n");
        assertThat(Files.readAllLines(directory.resolve("some.log"))).hasSize(2);
        Ended failed = run("", List.of("--halt", "now,fail=1"), "hangUnlessThird", log.toString(), "3");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.errors()).contains("farm: item 1 (\"3\") failed", "three times 1");
    }

    @Test
    void anInterruptedRunEndsWithWhatRunsAndNotWithAllThatItHasRead() throws Exception {
        file("in.txt", numbers(0, 3000));
        Process process = map(List.of("--results", "out.csv", "-a", "in.txt"), "sleepOrHang").start();
        Path part = directory.resolve("out.csv.part");
        await().until(() -> Files.exists(part) && Files.readString(part).contains("\n6,"));
        CommandLineTest.interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        // 100 ms each: some of them were let in while this was told, but far from a thousand.
        assertThat(Files.readAllLines(part)).hasSizeLessThan(300);
    }

    @Test
    void twoRunsDoNotWriteToOnePlace() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        Process first = map(List.of("--results", "out.csv"), "hang", log.toString()).start();
        await().until(() -> !List.of(log.toFile().list()).isEmpty());
        assertUsage("--results: another run writes to 'out.csv' (pid ", List.of("--results", "out.csv", "--resume"),
                "word", "a");
        List<ProcessHandle> workers = first.descendants().toList();
        first.destroyForcibly().waitFor();
        await().until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(run("", List.of("--results", "out.csv"), "word", "a").status()).isZero();
        assertThat(directory.resolve("out.csv.lock")).doesNotExist();
    }

    @Test
    void readsWhatTheShellSubstitutes() throws Exception {
        List<String> command = map(List.of("-a", "<(seq 3)"), "word").command();
        command.replaceAll(word -> word.startsWith("<(") ? word : "'" + word + "'");
        Process process = new ProcessBuilder("bash", "-c", String.join(" ", command))
                .redirectError(directory.resolve("err").toFile()).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).as(errors())
                .isEqualTo("<1>\n<2>\n<3>\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void killsWhatRunsTooLongAndReplacesWorkers() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        Ended late = run("", List.of("--timeout", "300ms"), "hang", log.toString());
        assertThat(late.status()).isEqualTo(1);
        assertThat(late.errors()).contains("farm: item 0 ");
        Ended share = run("1\n2\n4\n5\n" + log + "\n", List.of("--timeout", "2000%"), "sleepOrHang");
        assertThat(share.status()).isEqualTo(1);
        assertThat(share.output()).isEqualTo("1\n2\n4\n5\n");
        assertThat(share.errors()).contains("farm: item 4 ");
        Ended fresh = run(numbers(0, 6), List.of("-j", "1", "--max-tasks-per-worker", "2"), "pid");
        assertThat(fresh.output().lines().distinct()).hasSize(3);
    }

    @Test
    void runsWhatFailsAgain() throws Exception {
        assertThat(run("3\n", List.of("--retries", "2", "--joblog", "log"), "notThirds").status()).isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("log"))).element(1).asString().contains("::notThirds 3\t")
                .matches(".*\t3\t[0-9a-f]{16}\t[0-9a-f]{16}");
    }

    @Test
    void saysWhatWouldBeRun() throws Exception {
        Ended ended = run(numbers(0, 20), List.of("--dry-run", "--max-heap", "300m"), "word");
        assertThat(ended.status()).as(ended.errors()).isZero();
        assertThat(ended.output())
                .contains("Tasks.word(java.lang.String)", "::word standard input line 1: \"0\"", "  ...", "-Xmx300m",
                        "io.farmhand.internal.worker.WorkerMain", "bytes for the first input")
                .doesNotContain("<0>");
    }

    @Test
    void finishesWhatRunsWhenItIsInterruptedAndTellsHowToGoOn() throws Exception {
        Process process = map(List.of("--results", "out.csv"), "slow").start();
        try (BufferedWriter in = process.outputWriter()) { // which is never closed before the end
            in.write(numbers(0, 50));
            in.flush();
            Path part = directory.resolve("out.csv.part");
            await().until(() -> Files.exists(part) && Files.readString(part).contains("\n50,"));
            CommandLineTest.interrupt(process);
            assertThat(process.waitFor()).isEqualTo(130);
        }
        assertThat(errors())
                .contains("farm: interrupted: failed=0 succeeded=50; the same command with --resume goes on");
        assertThat(run(numbers(0, 60), List.of("--results", "out.csv", "--resume"), "slow").status()).isZero();
        assertThat(Files.readString(directory.resolve("out.csv"))).contains("\n60,59,ok,");
    }

    @Test
    void aSecondInterruptKillsWhatRuns() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        Process process = map(List.of("-j", "1"), "hang", log.toString()).start();
        await().until(() -> !List.of(log.toFile().list()).isEmpty());
        CommandLineTest.interrupt(process);
        await().until(() -> errors().contains("Ctrl-C again kills it"));
        // What follows at once may be the same one by another way, so it takes a moment until one counts.
        await().until(() -> {
            CommandLineTest.interrupt(process);
            return !process.isAlive();
        });
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(errors()).doesNotContain("farm: item");
    }

    @Test
    void beginsNothingWhileMemoryIsShort() throws Exception {
        assertPrints("<a>\n", run("a\n", List.of("--memfree", "1m"), "word"));
        assertUsage("--memfree: this host never has so much to spare, and no item would ever begin: wanted=",
                List.of("--memfree", "100000g"), "word");

        // All that the kernel has for processes, which is never free.
        long kilobytes = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        Process process = map(List.of("--memfree", kilobytes - 1 + "k"), "word", "a").start();
        await().until(() -> errors().contains("farm: waits until this host has the memory of --memfree to spare: "));
        CommandLineTest.interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(errors()).contains("farm: interrupted: failed=0 succeeded=0");
    }

    @Test
    void givesItsWorkersTheJvmArgumentsThatAreWanted() throws Exception {
        assertPrints("here\n", run("", List.of("--jvm-arg", "-Dcom.acme.place=here", "--jvm-arg=-Xss2m"),
                "java.lang.System::getProperty", "com.acme.place"));
        Ended wrong = run("", List.of("--jvm-arg", "-XX:NoSuchFlag"), "word", "a");
        assertThat(wrong.status()).isEqualTo(102);
        assertThat(wrong.errors()).contains("NoSuchFlag");
    }

    @Test
    void showsHowFarItIsAndWhereTheTimeWent() throws Exception {
        Ended ended = run("", List.of("--bar", "--insights"), "word", ":::", "a", "b");
        assertThat(ended.output()).isEqualTo("<a>\n<b>\n");
        assertThat(ended.errors()).contains("Done 2 of 2 (100%)", "0 failed", "Where the workers' time went:");
    }

    @Test
    void completesItself() throws Exception {
        Process process = new ProcessBuilder(CommandLineTest.JAVA, "-jar", CommandLineTest.JAR,
                "generate-completion").redirectError(directory.resolve("err").toFile()).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("--resume-failed", "coordinator", "complete -F");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void takesWordsInAnyNumber() throws Exception {
        assertPrints("<a>\n".repeat(3), run("", List.of(), "word", Collections.nCopies(3, "a").toArray(String[]::new)));
    }
}
