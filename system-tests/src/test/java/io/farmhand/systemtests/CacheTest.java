package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import io.farmhand.cache.CachedFunction;
import io.farmhand.cache.Memory;
import io.farmhand.cache.Shelved;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cache in many processes: each result is computed once, and no end of any of them does harm. */
@FarmTest(seconds = 90)
class CacheTest {
    private static final int PROCESSES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Memory memory;
    private SideLog log;

    @BeforeEach
    void prepare() throws IOException {
        memory = Memory.at(directory.resolve("cache"));
        log = SideLog.in(directory);
    }

    /** What tasks know, but for the one thing that makes a difference. */
    record Job(long x, SideLog log) implements Serializable {}

    private static long square(Job job) {
        job.log().append(job.x());
        return job.x() * job.x();
    }

    private CachedFunction<Job, Long> squares() {
        return memory.ignore("log").cache(CacheTest::square);
    }

    private List<Job> jobs(int count) {
        return LongStream.range(0, count).mapToObj(x -> new Job(x, log)).toList();
    }

    private static List<Long> expected(int count) {
        return LongStream.range(0, count).mapToObj(x -> x * x).toList();
    }

    // ---- in workers ----

    @Test
    void workersReadAndWriteTheSameDirectory() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Pool pool = Pools.quick().workers(2).build()) {
                assertThat(pool.map(squares(), jobs(50))).isEqualTo(expected(50));
                assertThat(pool.map(squares(), jobs(60), 1)).isEqualTo(expected(60));
            }
        }
        assertThat(squares().apply(new Job(7, log))).isEqualTo(49);
        assertThat(log.runs()).hasSize(60).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
        assertThat(log.pids()).doesNotContain(ProcessHandle.current().pid());
    }

    @Test
    void aTaskMayHaveACacheOfItsOwn() {
        Memory own = memory;
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(2).build()) {
            List<Long> results = pool.map(x -> own.ignore("log").cache(CacheTest::square).apply(new Job(x % 3, begun)),
                    LongStream.range(0, 12).boxed().toList(), 1);
            assertThat(results).isEqualTo(LongStream.range(0, 12).mapToObj(x -> (x % 3) * (x % 3)).toList());
        }
        assertThat(log.runs()).hasSize(3).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    @Test
    void workersGiveReferencesInPlaceOfResults() {
        CachedFunction<Job, Long> cached = squares();
        try (Pool pool = Pools.quick().workers(2).build()) {
            List<Shelved<Long>> shelved = pool.map(cached::callAndShelve, jobs(10));
            assertThat(shelved.stream().map(Shelved::get)).isEqualTo(expected(10));
            assertThat(pool.map((Shelved<Long> each) -> each.get() + 1, shelved)).isEqualTo(
                    expected(10).stream().map(each -> each + 1).toList());
        }
    }

    private static double[] manyNumbers(int seed) {
        return new Random(seed).doubles(100_000).toArray();
    }

    @Test
    void arraysAreMappedWhereTheyAreUsed() {
        CachedFunction<Integer, MemorySegment> mapped = memory.cacheMapped(CacheTest::manyNumbers);
        try (Pool pool = Pools.quick().workers(2).build()) {
            for (Shelved<MemorySegment> each : pool.map((Integer x) -> mapped.callAndShelve(x), List.of(1, 2))) {
                assertThat(each.get().isMapped()).isTrue();
            }
            assertThat(pool.map(mapped, List.of(1, 2)).get(1).toArray(ValueLayout.JAVA_DOUBLE))
                    .isEqualTo(manyNumbers(2));
        }
    }

    private static long deadlyAtFirst(Job job) {
        job.log().append(job.x());
        if (job.x() == 3 && job.log().runs().get(3L) == 1) {
            Runtime.getRuntime().halt(9);
        }
        return job.x() * job.x();
    }

    @Test
    void aWorkerThatDiesComputingIsReplaced() {
        CachedFunction<Job, Long> cached = memory.ignore("log").cache(CacheTest::deadlyAtFirst);
        try (Pool pool = Pools.quick().workers(2).build()) {
            assertThat(pool.map(cached, jobs(10), 1)).isEqualTo(expected(10));
            assertThat(pool.map(cached, jobs(10), 1)).isEqualTo(expected(10));
        }
        assertThat(log.runs().get(3L)).isEqualTo(2);
    }

    // ---- many processes ----

    /** Says what a cached function gave for an argument; the function waits for a gate. */
    static final class Caller {
        private Caller() {}

        public static void main(String[] args) throws Exception {
            Memory memory = Memory.at(Path.of(args[0]));
            SideLog log = SideLog.at(args[1]);
            CachedFunction<Gated, Long> cached = memory.ignore("log", "gate").cache(Caller::square);
            System.out.println("calling");
            System.out.println("result " + cached.apply(new Gated(Long.parseLong(args[2]), log, new Gate(args[3]))));
        }

        record Gated(long x, SideLog log, Gate gate) implements Serializable {}

        static long square(Gated gated) {
            gated.log().append(gated.x());
            gated.gate().pass();
            return gated.x() * gated.x();
        }
    }

    private CoordinatorJvm caller(long x, Gate gate) throws IOException {
        return CoordinatorJvm.start(directory, Caller.class, List.of("-XX:TieredStopAtLevel=1"),
                memory.directory().toString(), log.file(), Long.toString(x), gate.file());
    }

    @Test
    void manyProcessesComputeTheSameOnce() throws Exception {
        Gate gate = Gate.in(directory, "gate");
        List<CoordinatorJvm> callers = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                callers.add(caller(12, gate));
            }
            for (CoordinatorJvm each : callers) {
                each.awaitLine("calling");
            }
            log.awaitSize(1);
            gate.open();
            for (CoordinatorJvm each : callers) {
                assertThat(each.awaitExit(PATIENCE, 0)).contains("result 144");
            }
        } finally {
            callers.forEach(CoordinatorJvm::close);
        }
        assertThat(log.entries()).hasSize(1);
    }

    @Test
    void theNextOneTakesOverWhenTheOneThatComputesIsKilled() throws Exception {
        Gate never = Gate.in(directory, "never");
        Gate gate = Gate.in(directory, "gate");
        try (CoordinatorJvm first = caller(5, never)) {
            log.awaitSize(1);
            try (CoordinatorJvm second = caller(5, gate); CoordinatorJvm third = caller(5, gate)) {
                second.awaitLine("calling");
                third.awaitLine("calling");
                Workers.kill(first.handle().pid());
                log.awaitSize(2);
                assertThat(log.pidsOf(5)).hasSize(2).first().isEqualTo(first.handle().pid());
                gate.open();
                assertThat(second.awaitExit(PATIENCE, 0)).contains("result 25");
                assertThat(third.awaitExit(PATIENCE, 0)).contains("result 25");
            }
        }
        assertThat(log.entries()).hasSize(2);
    }

    @Test
    void anInterruptWhileAnotherProcessComputesTouchesNobodyElse() throws Exception {
        Gate gate = Gate.in(directory, "gate");
        CachedFunction<Caller.Gated, Long> cached = memory.ignore("log", "gate").cache(Caller::square);
        Caller.Gated argument = new Caller.Gated(6, log, gate);
        try (CoordinatorJvm first = caller(6, gate)) {
            log.awaitSize(1);
            CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
            Thread impatient = Thread.ofPlatform().start(() -> {
                try {
                    cached.apply(argument);
                    interrupted.complete(null);
                } catch (Throwable e) {
                    interrupted.complete(e);
                }
            });
            CompletableFuture<Long> patient = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    patient.complete(cached.apply(argument));
                } catch (Throwable e) {
                    patient.completeExceptionally(e);
                }
            });
            impatient.interrupt();
            assertThat(interrupted.join()).isInstanceOf(InterruptedException.class);
            gate.open();
            assertThat(patient.join()).isEqualTo(36);
            waiting.join();
            impatient.join();
            first.awaitExit(PATIENCE, 0);
        }
        assertThat(log.entries()).hasSize(1);
    }

    // ---- kills, at any moment ----

    /** Keeps long results until it is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws Exception {
            Memory memory = Memory.at(Path.of(args[0]));
            SideLog log = SideLog.at(args[1]);
            CachedFunction<Job, int[]> cached = memory.ignore("log").cache(Writer::filled);
            for (long x = 0;; x++) {
                cached.recompute(new Job(x % 5, log));
            }
        }

        static int[] filled(Job job) {
            job.log().append(job.x());
            int[] numbers = new int[1 << 20];
            Arrays.fill(numbers, (int) job.x());
            return numbers;
        }
    }

    @Test
    void whatAKilledProcessHasWrittenIsWholeOrNotThere() throws Exception {
        CachedFunction<Job, int[]> cached = memory.ignore("log").cache(Writer::filled);
        for (int round = 1; round <= 4; round++) {
            long before = log.size();
            try (CoordinatorJvm writer = CoordinatorJvm.start(directory, Writer.class,
                    List.of("-XX:TieredStopAtLevel=1"), memory.directory().toString(), log.file())) {
                log.awaitSize(before + 3 + round);
                Workers.kill(writer.handle().pid());
                writer.awaitExit(PATIENCE, 137);
            }
            try (WarningsHeard heard = new WarningsHeard()) {
                for (long x = 0; x < 5; x++) {
                    assertThat(cached.apply(new Job(x, log))).hasSize(1 << 20).containsOnly((int) x);
                }
                assertThat(heard.text()).isEmpty();
            }
        }
        memory.reduceSize(limits -> limits.items(5));
        assertThat(files()).allMatch(file -> file.endsWith("output.bin") || file.endsWith("metadata.json")
                || file.endsWith("lock"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(memory.directory())) {
            return all.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    @Test
    void canBeReducedByOthersWhileWorkersUseIt() throws Exception {
        CachedFunction<Job, Long> cached = squares();
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread reducer = Thread.ofPlatform().start(() -> {
            while (!over.isDone()) {
                memory.reduceSize(limits -> limits.items(3));
            }
        });
        try (Pool pool = Pools.quick().workers(2).build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(pool.map(cached, jobs(100), 5)).isEqualTo(expected(100));
            }
        } finally {
            over.complete(null);
            reducer.join();
        }
        memory.reduceSize(limits -> limits.items(3));
        assertThat(files().stream().filter(file -> file.endsWith("output.bin"))).hasSize(3);
    }

    // ---- a full disk ----

    /** Computes something long on a disk that has no room for it. */
    static final class FullDisk {
        private FullDisk() {}

        public static void main(String[] args) throws Exception {
            Memory memory = Memory.at(Path.of(args[0]));
            CachedFunction<Integer, int[]> cached = memory.cache((RemoteFunction<Integer, int[]>) int[]::new);
            System.out.println("length " + cached.apply(100_000).length);
            System.out.println("length " + cached.callAndShelve(100_001).get().length);
            System.out.println("kept " + cached.contains(100_000));
        }
    }

    @Test
    void aResultThatDoesNotFitTheDiskIsGivenAllTheSame() throws Exception {
        List<String> java = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                FullDisk.class.getName(), memory.directory().toString());
        // No file may be longer than a few KiB there.
        String command = "ulimit -f 8 && exec "
                + java.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("length 100000").contains("length 100001").contains("kept false")
                .containsOnlyOnce("is not kept in");
        assertThat(files()).allMatch(file -> file.endsWith("lock"));
    }

    // ---- programs that exist in memory only ----

    private static String program(String body) {
        return """
                import io.farmhand.Pool;
                import io.farmhand.cache.Memory;
                import java.nio.file.Path;
                import java.util.List;
                public class Program {
                    static int helper(int x) { System.out.println("computing"); return BODY; }
                    static class Inner { static int of(int x) { return helper(x); } }
                    public static void main(String[] args) {
                        Memory memory = Memory.at(Path.of("CACHE"));
                        try (Pool pool = Pool.create(1)) {
                            System.out.println(pool.map(memory.cache((Integer x) -> Inner.of(x)), List.of(4)));
                        }
                    }
                }
                """.replace("BODY", body);
    }

    @Test
    void aProgramThatIsRunFromItsSourceIsKnownByItsCode() throws Exception {
        String cache = memory.directory().toString();
        List<String> results = new ArrayList<>();
        for (String body : List.of("x + 1", "x + 1", "x + 2")) {
            results.addAll(JavaProgram.run(Files.createTempDirectory(directory, "run"), "Program.java",
                    program(body).replace("CACHE", cache)));
        }
        assertThat(results).containsExactly("[worker 0] computing", "[5]", "[5]", "[worker 0] computing", "[6]");
    }

    @Test
    void whatIsTypedIntoJshellIsKnownByItsCode() throws Exception {
        String session = """
                import io.farmhand.cache.*;
                int helper(int x) { System.out.println("computing"); return BODY; }
                var memory = Memory.at(java.nio.file.Path.of("CACHE"));
                CachedFunction<Integer, Integer> cached = memory.cache(x -> helper(x));
                System.out.println(cached.apply(4));
                """.replace("CACHE", memory.directory().toString());
        List<String> results = new ArrayList<>();
        for (String body : List.of("x + 1", "x + 1", "x + 2")) {
            results.addAll(JavaProgram.shell(Files.createTempDirectory(directory, "run"),
                    session.replace("BODY", body)));
        }
        assertThat(results).containsExactly("computing", "5", "5", "computing", "6");
    }

    @Test
    void manyThreadsOfManyProcessesDoNotLockEachOtherOut() throws Exception {
        // Each process computes some of what the other waits for, which the kernel takes for a deadlock.
        int keys = 6;
        List<CoordinatorJvm> crossed = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                crossed.add(CoordinatorJvm.start(directory, Crossing.class, List.of("-XX:TieredStopAtLevel=1"),
                        memory.directory().toString(), log.file(), Integer.toString(keys), Integer.toString(i)));
            }
            for (CoordinatorJvm each : crossed) {
                assertThat(each.awaitExit(PATIENCE, 0)).contains("sum " + 5 * 4 * expected(keys).stream()
                        .mapToLong(Long::longValue).sum());
            }
        } finally {
            crossed.forEach(CoordinatorJvm::close);
        }
        assertThat(log.runs()).hasSize(5 * keys).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    /** Asks with many threads for the same, each thread in another order. */
    static final class Crossing {
        private Crossing() {}

        public static void main(String[] args) throws Exception {
            Memory memory = Memory.at(Path.of(args[0]));
            SideLog log = SideLog.at(args[1]);
            int keys = Integer.parseInt(args[2]);
            CachedFunction<Job, Long> cached = memory.ignore("log").cache(Crossing::slow);
            List<CompletableFuture<Long>> sums = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int first = thread + Integer.parseInt(args[3]) * keys / 2;
                CompletableFuture<Long> sum = new CompletableFuture<>();
                sums.add(sum);
                Thread.ofPlatform().start(() -> {
                    try {
                        long all = 0;
                        for (int round = 0; round < 5; round++) {
                            for (int i = 0; i < keys; i++) {
                                all += cached.apply(new Job(1000L * round + (first + i) % keys, log));
                            }
                        }
                        sum.complete(all);
                    } catch (Throwable e) {
                        sum.completeExceptionally(e);
                    }
                });
            }
            System.out.println("sum " + sums.stream().mapToLong(CompletableFuture::join).sum());
        }

        private static long slow(Job job) {
            job.log().append(job.x());
            Waiting.pass(20);
            long x = job.x() % 1000;
            return x * x;
        }
    }

    @Test
    void theLastOneClosesTheDoor() throws Exception {
        // What FarmTest checks after each test: no descriptor and no thread is left of all that waiting.
        CachedFunction<Job, Long> cached = squares();
        assertThat(IntStream.range(0, 100).mapToObj(x -> {
            try {
                return cached.apply(new Job(x % 10, log));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        })).hasSize(100);
        assertThat(log.entries()).hasSize(10);
    }
}
