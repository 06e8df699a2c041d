package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.RemoteTaskException;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.WorkerCrashedException;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Functions, arguments, results and exceptions that cannot be written or read fail their own item, and the workers live
 * on: {@link FarmTest} compares their processes after each test.
 */
@FarmTest
class SerializationFailureTest {
    private static final int WORKERS = 2;
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pool.builder(), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    private static void assertWorks(Pool farm) {
        assertThat(farm.map(n -> n + 1, List.of(1, 2, 3), 1)).containsExactly(2, 3, 4);
    }

    /** What is not serializable. */
    private static final class Connection {
        @Override
        public String toString() {
            return "a connection";
        }
    }

    record Order(String id, @Nullable Object connection) implements Serializable {}

    private static TaskSerializationException assertStage(Throwable error, Stage stage, long index) {
        assertThat(error).isInstanceOf(TaskSerializationException.class);
        TaskSerializationException failure = (TaskSerializationException) error;
        assertThat(failure.stage()).as(failure.getMessage()).isEqualTo(stage);
        assertThat(failure.index()).isEqualTo(index);
        return failure;
    }

    // ---- the function ----

    @Test
    void namesWhatTheFunctionCapturedAndSendsNothing() throws IOException {
        SideLog log = SideLog.in(directory);
        Connection connection = new Connection();
        RemoteFunction<Long, String> f = n -> {
            log.append(n);
            return n + connection.toString();
        };
        for (Throwable thrown : List.of(catchThrowable(() -> pool.map(f, List.of(1L))),
                catchThrowable(() -> pool.mapAsync(f, List.of(1L))), catchThrowable(() -> pool.imap(f, List.of(1L))),
                catchThrowable(() -> pool.apply(f, 1L)), catchThrowable(() -> pool.submit(() -> connection)),
                catchThrowable(() -> pool.starMap((Long a, Long b) -> a + b + connection.hashCode(), List.of(1L),
                        List.of(2L))))) {
            assertThat(assertStage(thrown, Stage.FUNCTION_OUT, -1))
                    .hasMessageContaining("lambda at SerializationFailureTest.java:")
                    .hasMessageContaining("captured 'connection' -> " + Connection.class.getName());
        }
        assertThat(log.size()).isZero();
        assertWorks(pool);
    }

    @Test
    void failsEveryItemOfAFunctionThatCannotBeRead() {
        Unreadable captured = new Unreadable();
        RemoteFunction<Integer, Object> f = n -> captured;
        List<Result<Object>> results = Pools.all(pool.imapResults(f, List.of(1, 2, 3), 2));
        assertThat(results).hasSize(3).allSatisfy(result -> {
            assertThat(assertStage(Pools.error(result), Stage.FUNCTION_IN, -1)).hasMessageContaining("unreadable here");
            assertThat(result.attempts()).isEqualTo(1);
        });
        assertStage(catchThrowable(() -> pool.map(f, List.of(1))), Stage.FUNCTION_IN, -1);
        assertWorks(pool);
    }

    /** Written well, and never read. */
    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException("unreadable here");
        }
    }

    // ---- arguments ----

    @Test
    void namesThePathInAnArgumentAndRunsTheOthers() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Order> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            items.add(new Order("o" + i, i == 4 ? List.of("x", new Connection()) : null));
        }
        List<Result<String>> results = Pools.all(pool.imapResults(order -> loggedId(log, order), items, 3));
        for (int i = 0; i < 10; i++) {
            if (i == 4) {
                assertThat(assertStage(Pools.error(results.get(i)), Stage.ARGUMENT_OUT, 4))
                        .hasMessageContaining("Order.connection[1] -> " + Connection.class.getName())
                        .hasMessageContaining("Item 4");
            } else {
                assertThat(results.get(i).get()).isEqualTo("o" + i);
            }
        }
        assertThat(log.runs()).hasSize(9).doesNotContainKey(4L);
        Throwable thrown = catchThrowable(() -> pool.map(order -> loggedId(log, order), items));
        assertStage(thrown, Stage.ARGUMENT_OUT, 4);
        assertWorks(pool);
    }

    static String loggedId(SideLog log, Order order) {
        log.append(Long.parseLong(order.id().substring(1)));
        return order.id();
    }

    @Test
    void namesThePathInAPairOfArguments() {
        Throwable thrown = catchThrowable(() -> pool.starMap((Integer a, Object b) -> a, List.of(1, 2),
                Arrays.asList("x", new Connection())));
        assertThat(assertStage(thrown, Stage.ARGUMENT_OUT, 1)).hasMessageContaining(Connection.class.getName());
    }

    @Test
    void failsTheItemWhoseArgumentCannotBeReadInTheWorker() {
        List<Object> items = List.of("a", new Unreadable(), "c");
        List<Result<String>> results = Pools.all(pool.imapResults(Object::toString, items, 3));
        assertThat(results.get(0).get()).isEqualTo("a");
        assertThat(assertStage(Pools.error(results.get(1)), Stage.ARGUMENT_IN, 1))
                .hasMessageContaining("unreadable here").hasMessageContaining("worker");
        assertThat(results.get(2).get()).isEqualTo("c");
        assertWorks(pool);
    }

    @Test
    void namesTheClassThatTheWorkersDoNotHave() throws Exception {
        URL classes = compileElsewhere("public record Stranger(int n) implements java.io.Serializable {}");
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes}, getClass().getClassLoader())) {
            Object stranger = loader.loadClass("Stranger").getConstructor(int.class).newInstance(1);
            List<Result<String>> results = Pools.all(pool.imapResults(Object::toString, List.of("a", stranger, "c")));
            assertThat(results.get(0).get()).isEqualTo("a");
            assertThat(assertStage(Pools.error(results.get(1)), Stage.ARGUMENT_IN, 1)).hasMessageContaining("Stranger")
                    .hasMessageContaining("class path");
            assertThat(results.get(2).get()).isEqualTo("c");
            assertWorks(pool);
        }
    }

    @Test
    void namesTheClassThatTheWorkersDoNotHaveInTheFunction() throws Exception {
        URL classes = compileElsewhere("""
                public record Stranger(int n) implements io.farmhand.task.RemoteFunction<Object, Object> {
                    public Object apply(Object item) {
                        return item;
                    }
                }
                """);
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes}, getClass().getClassLoader())) {
            @SuppressWarnings("unchecked")
            RemoteFunction<Object, Object> f = (RemoteFunction<Object, Object>) loader.loadClass("Stranger")
                    .getConstructor(int.class).newInstance(1);
            Throwable thrown = catchThrowable(() -> pool.map(f, List.of(1)));
            assertThat(assertStage(thrown, Stage.FUNCTION_IN, -1)).hasMessageContaining("Stranger")
                    .hasMessageContaining("class path");
            assertWorks(pool);
        }
    }

    private URL compileElsewhere(String source) throws IOException {
        Path file = Files.writeString(directory.resolve("Stranger.java"), source);
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", directory.toString(), "-cp",
                System.getProperty("java.class.path"), "-proc:none", file.toString());
        assertThat(status).isZero();
        return directory.toUri().toURL();
    }

    // ---- results ----

    @Test
    void namesThePathInAResult() {
        List<Result<Object>> results = Pools.all(pool.imapResults(SerializationFailureTest::unsendableAt1,
                List.of(0, 1, 2), 3));
        assertThat(results.get(0).get()).isEqualTo(0);
        assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_OUT, 1))
                .hasMessageContaining("Order.connection -> " + Connection.class.getName());
        assertThat(results.get(2).get()).isEqualTo(2);
        assertThatThrownBy(() -> pool.map(SerializationFailureTest::unsendableAt1, List.of(0, 1, 2)))
                .isInstanceOf(TaskSerializationException.class);
        assertWorks(pool);
    }

    static Object unsendableAt1(int item) {
        return item == 1 ? new Order("x", new Connection()) : item;
    }

    @Test
    void failsTheItemWhoseResultCannotBeReadHere() {
        List<Result<Object>> results = Pools.all(pool.imapResults(SerializationFailureTest::unreadableAt1,
                List.of(0, 1, 2), 3));
        assertThat(results.get(0).get()).isEqualTo(0);
        assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_IN, 1))
                .hasMessageContaining("not by a reader");
        assertThat(results.get(2).get()).isEqualTo(2);
        assertStage(catchThrowable(() -> pool.apply(SerializationFailureTest::unreadableAt1, 1)), Stage.RESULT_IN, 0);
        assertWorks(pool);
    }

    static Object unreadableAt1(int item) {
        return item == 1 ? new WorkersOnly(ProcessHandle.current().pid()) : item;
    }

    /** Can be made, but not in another process. */
    record WorkersOnly(long home) implements Serializable {
        WorkersOnly {
            if (home != ProcessHandle.current().pid()) {
                throw new IllegalStateException("not by a reader");
            }
        }
    }

    @Test
    void failsTheItemWhoseResultIsOfAClassThatIsOnlyThere() throws Exception {
        compileElsewhere("public record Stranger(int n) implements java.io.Serializable {}");
        try (Pool knowing = Pool.builder().workers(1).classPath(directory).build()) {
            List<Result<Object>> results = Pools.all(knowing.imapResults(SerializationFailureTest::strangerAt1,
                    List.of(0, 1, 2), 3));
            assertThat(results.get(0).get()).isEqualTo(0);
            assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_IN, 1)).hasMessageContaining("Stranger");
            assertThat(results.get(2).get()).isEqualTo(2);
        }
    }

    static Object strangerAt1(int item) throws ReflectiveOperationException {
        return item == 1 ? Class.forName("Stranger").getConstructor(int.class).newInstance(1) : item;
    }

    // ---- hostile results ----

    /** Results that a reader should not spend its time or memory on. */
    enum Hostile {
        NESTED_SETS {
            @Override
            Object make() {
                Set<Object> root = new HashSet<>();
                Set<Object> one = root;
                Set<Object> other = new HashSet<>();
                for (int i = 0; i < 100; i++) {
                    Set<Object> nextOne = new HashSet<>();
                    Set<Object> nextOther = new HashSet<>();
                    nextOne.add("foo");
                    one.add(nextOne);
                    one.add(nextOther);
                    other.add(nextOne);
                    other.add(nextOther);
                    one = nextOne;
                    other = nextOther;
                }
                return root;
            }
        },
        LYING_SIZE {
            @Override
            Object make() {
                return new Liar();
            }
        },
        GARBAGE {
            @Override
            Object make() {
                return new Garbage();
            }
        };

        abstract Object make();
    }

    /** Says that it holds a thousand million elements, for which its reader makes an array. */
    private static final class Liar extends ArrayDeque<Object> {
        private static final long serialVersionUID = 1;

        @Override
        public int size() {
            return 1_000_000_000;
        }
    }

    /** Is written otherwise than it is read. */
    private static final class Garbage implements Serializable {
        private static final long serialVersionUID = 1;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeLong(0x7878_7878_7878_7878L);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            for (int i = 0; i < 1_000_000; i++) {
                in.readObject();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rejectsAHostileResultAndNothingElse(Hostile hostile) {
        List<Object> items = List.of("a", hostile, "c");
        long start = System.nanoTime();
        List<Result<Object>> results = Pools.all(pool.imapResults(SerializationFailureTest::make, items, 3));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        assertThat(results.get(0).get()).isEqualTo("a");
        assertStage(Pools.error(results.get(1)), Stage.RESULT_IN, 1);
        assertThat(results.get(2).get()).isEqualTo("c");
        assertWorks(pool);
    }

    static Object make(Object item) {
        return item instanceof Hostile hostile ? hostile.make() : item;
    }

    @ParameterizedTest
    @EnumSource
    void tellsAnExceptionWithAHostileFieldAsText(Hostile hostile) {
        long start = System.nanoTime();
        Throwable thrown = catchThrowable(() -> pool.apply(SerializationFailureTest::throwWith, hostile));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        assertThat(thrown).isInstanceOf(RemoteTaskException.class).hasMessageContaining("with " + hostile);
        assertWorks(pool);
    }

    private static final class Laden extends RuntimeException {
        private static final long serialVersionUID = 1;
        @SuppressWarnings("unused")
        private final Object load;

        Laden(String message, Object load) {
            super(message);
            this.load = load;
        }
    }

    static Object throwWith(Hostile hostile) {
        throw new Laden("with " + hostile, hostile.make());
    }

    @Test
    void rejectsAListThatIsNestedAHundredThousandTimes() {
        // The worker needs a large stack to write it at all.
        try (Pool deep = Pool.builder().workers(1).jvmArgs("-Xss1g").build()) {
            RemoteFunction<Integer, Object> f = depth -> deepList(depth);
            List<Result<Object>> results = Pools.all(deep.imapResults(f, List.of(1, 100_000, 2), 3));
            assertThat(results.get(0).get()).isEqualTo(List.of(List.of()));
            assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_IN, 1)).hasMessageContaining("deep");
            assertThat(results.get(2).get()).isEqualTo(List.of(List.of(List.of())));
            assertWorks(deep);
        }
    }

    /** Lists in each other. */
    static List<Object> deepList(int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            List<Object> outer = new ArrayList<>();
            outer.add(list);
            list = outer;
        }
        return list;
    }

    // ---- overflowing the stack ----

    @Test
    void failsTheItemThatOverflowsTheStackWhileItIsWritten() {
        List<Object> items = List.of("a", deepList(100_000), "c");
        List<Result<Object>> results = Pools.all(pool.imapResults(item -> item, items, 3));
        assertThat(results.get(0).get()).isEqualTo("a");
        assertThat(assertStage(Pools.error(results.get(1)), Stage.ARGUMENT_OUT, 1)).hasMessageContaining("deep");
        assertThat(results.get(2).get()).isEqualTo("c");
        assertWorks(pool);
    }

    @Test
    void failsTheItemWhoseResultOverflowsTheStackWhileItIsWritten() {
        List<Result<Object>> results = Pools.all(pool.imapResults((Integer depth) -> deepList(depth),
                List.of(1, 100_000, 2), 3));
        assertThat(results.get(0).get()).isEqualTo(List.of(List.of()));
        assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_OUT, 1)).hasMessageContaining("deep");
        assertThat(results.get(2).get()).isEqualTo(List.of(List.of(List.of())));
        assertWorks(pool);
    }

    @Test
    void failsTheItemWhoseWriteObjectNeverEnds() {
        List<Result<Object>> results = Pools.all(pool.imapResults((Integer n) -> n == 1 ? new Endless() : n,
                List.of(0, 1, 2), 3));
        assertThat(assertStage(Pools.error(results.get(1)), Stage.RESULT_OUT, 1)).hasMessageContaining("Endless");
        assertThat(results.get(2).get()).isEqualTo(2);
        assertStage(catchThrowable(() -> pool.apply(n -> n, new Endless())), Stage.ARGUMENT_OUT, 0);
        assertWorks(pool);
    }

    private static final class Endless implements Serializable {
        private static final long serialVersionUID = 1;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeObject(new Endless());
        }
    }

    @Test
    void tellsAnExceptionThatOverflowsTheStackWhileItIsWrittenAsText() {
        RemoteFunction<Integer, Object> f = depth -> {
            throw new Laden("deep load", deepList(depth));
        };
        assertThatThrownBy(() -> pool.apply(f, 100_000)).isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("deep load");
        assertWorks(pool);
    }

    // ---- exceptions ----

    @Test
    void tellsAnExceptionWithAFieldThatIsNotSerializableAsText() {
        RemoteFunction<Integer, Object> f = n -> {
            throw new Laden("holds a connection", new Connection());
        };
        List<Result<Object>> results = Pools.all(pool.imapResults(f, List.of(0, 1)));
        assertThat(results).allSatisfy(result -> assertThat(Pools.error(result))
                .isInstanceOf(RemoteTaskException.class).hasMessageContaining("holds a connection"));
        assertWorks(pool);
    }

    // ---- exits ----

    /** Ends any process that reads it but the one that made it. */
    private static final class ExitsWhenRead implements Serializable {
        private static final long serialVersionUID = 1;
        private final long home = ProcessHandle.current().pid();
        private final int status;
        private final boolean halts;
        private final @Nullable SideLog readers;

        ExitsWhenRead(int status, boolean halts, @Nullable SideLog readers) {
            this.status = status;
            this.halts = halts;
            this.readers = readers;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (readers != null) {
                readers.append(0);
            }
            if (ProcessHandle.current().pid() != home) {
                exit(status, halts);
            }
        }
    }

    /** Ends the process that writes it. */
    private static final class ExitsWhenWritten implements Serializable {
        private static final long serialVersionUID = 1;
        private final int status;
        private final boolean halts;

        ExitsWhenWritten(int status, boolean halts) {
            this.status = status;
            this.halts = halts;
        }

        private void writeObject(ObjectOutputStream out) {
            exit(status, halts);
        }
    }

    private static void exit(int status, boolean halts) {
        if (halts) {
            Runtime.getRuntime().halt(status);
        }
        System.exit(status);
    }

    @Test
    @FarmTest(replacesWorkers = true)
    void failsExactlyTheItemsThatExitWhileTheyAreReadOrWritten() {
        RemoteFunction<Object, Object> f = item -> switch (item instanceof String text ? text : "") {
            case "result" -> new ExitsWhenWritten(12, true);
            case "exception" -> throw new Laden("exits", new ExitsWhenWritten(13, false));
            default -> item;
        };
        List<Object> items = List.of("a", new ExitsWhenRead(11, false, null), "b", "result", "c", "exception");
        List<Result<Object>> results = Pools.all(pool.imapResults(f, items, 4));
        List<Integer> statuses = Arrays.asList(null, 11, null, 12, null, 13);
        for (int i = 0; i < items.size(); i++) {
            Integer status = statuses.get(i);
            if (status == null) {
                assertThat(results.get(i).get()).isEqualTo(items.get(i));
            } else {
                int index = i;
                assertThat(Pools.error(results.get(i))).isInstanceOfSatisfying(WorkerCrashedException.class, crash -> {
                    assertThat(crash.exitCode()).isEqualTo(status);
                    assertThat(crash.index()).isEqualTo(index);
                    assertThat(crash.attempts()).isEqualTo(3);
                });
            }
        }
        assertThat(Pools.pids(pool)).hasSize(WORKERS);
    }

    @Test
    @FarmTest(replacesWorkers = true)
    void failsTheJobWhoseFunctionExitsWhileItIsRead() {
        ExitsWhenRead captured = new ExitsWhenRead(17, false, null);
        Throwable thrown = catchThrowable(() -> pool.map(n -> captured.status + n, List.of(1, 2, 3)));
        assertThat(thrown).isInstanceOfSatisfying(WorkerCrashedException.class, crash -> {
            assertThat(crash.exitCode()).isEqualTo(17);
            assertThat(crash.index()).isEqualTo(-1);
            assertThat(crash).hasMessageContaining("function");
        });
        assertThat(Pools.pids(pool)).hasSize(WORKERS);
    }

    @Test
    @FarmTest(replacesWorkers = true)
    void doesNotReadHereWhatEndedItsReaders() throws IOException {
        SideLog readers = SideLog.in(directory);
        assertThatThrownBy(() -> pool.apply(Objects::hashCode, new ExitsWhenRead(18, true, readers)))
                .isInstanceOf(WorkerCrashedException.class);
        assertThat(readers.pids()).doesNotContain(ProcessHandle.current().pid());
        assertThat(Pools.pids(pool)).hasSize(WORKERS);
    }
}
