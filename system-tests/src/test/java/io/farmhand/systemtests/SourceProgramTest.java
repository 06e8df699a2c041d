package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are run from their source ({@code java Main.java}), so that no file has their classes. */
@FarmTest(seconds = 120)
class SourceProgramTest {
    private static final String IMPORTS = """
            import io.farmhand.*;
            import io.farmhand.task.*;
            import java.io.Serializable;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.stream.*;
            """;

    @TempDir
    Path directory;

    @Test
    void itsClassesAreInTheWorkersAsTheyAreHere() throws Exception {
        assertThat(JavaProgram.run(directory, "Main.java",
                IMPORTS + """
                        public class Main {
                            static int base = 40;
                            static int runs;

                            record Point(int x, int y) implements Serializable {
                                int sum() { return x + y; }
                            }

                            sealed interface Shape extends Serializable permits Circle, Square {}
                            record Circle(int r) implements Shape {}
                            record Square(int a) implements Shape {}
                            enum Color { RED, GREEN { @Override int code() { return 2; } }; int code() { return 1; } }

                            static class Odd extends RuntimeException {
                                final Point at;
                                Odd(Point at) { super("odd " + at); this.at = at; }
                            }

                            static int area(Shape shape) {
                                return switch (shape) { case Circle c -> 3 * c.r() * c.r(); case Square s -> s.a() * s.a(); };
                            }

                            static Point twice(int n) { return new Point(n, n); }

                            static void print(Object line) { System.out.println(line); }

                            public static void main(String[] args) throws Exception {
                                try (Pool pool = Pool.builder().workers(2).initializer(() -> State.begin("begun ")).build()) {
                                    print(pool.map(n -> n * n + base, List.of(1, 2, 3)));
                                    print(pool.map(Point::sum, List.of(new Point(1, 2), new Point(3, 4))));
                                    Point[] points = pool.map(Main::twice, List.of(1, 2)).toArray(Point[]::new);
                                    print(points[1].sum());
                                    print(pool.map(Main::area, List.of(new Circle(1), new Square(2))));
                                    print(pool.map(n -> Color.values()[n], List.of(0, 1)).get(1).code());
                                    print(pool.map(n -> new Object() { int half() { return n / 2; } }.half(), List.of(8)));
                                    print(pool.map(n -> State.text + n, List.of(1, 2)));
                                    print(pool.map(list -> list.get(0).x(), List.of(List.of(new Point(7, 0)))));
                                    try {
                                        pool.apply(n -> { if (n % 2 == 1) { throw new Odd(twice(n)); } return n; }, 3);
                                    } catch (Odd e) {
                                        print("caught " + e.getMessage() + " " + e.at.sum());
                                    }
                                    Broadcast<Point> constant = pool.broadcast(new Point(5, 6));
                                    print(pool.map(n -> constant.get().sum() + n, List.of(1, 2)));
                                    print(pool.submit(() -> new Point(1, 1)).get());
                                    print(pool.asExecutorService().invokeAll(List.of((Callable<Point> & Serializable)
                                            () -> new Point(2, 2))).get(0).get());
                                    print(Stream.of(1, 2).gather(pool.mapping(n -> new Point(n, base))).toList());
                                    try (Stream<Result<Point>> results = pool.imapResults(n -> twice(10 / n), List.of(0, 5))) {
                                        print(results.map(r -> r instanceof Result.Success<Point> s ? "" + s.value() : "failed").toList());
                                    }
                                    print(pool.with(o -> o.retries(2).retryIf(e -> e instanceof Odd)).map(
                                            n -> { if (TaskContext.current().attempt() < 3) { throw new Odd(twice(n)); } return n; }, List.of(1)));
                                    print(pool.apply(n -> Thread.currentThread().getContextClassLoader()
                                            == Main.class.getClassLoader(), 0));
                                    print(pool.apply(n -> {
                                        try (Pool inner = Pool.create(1)) {
                                            return inner.apply(m -> new Point(m, m), n).sum();
                                        }
                                    }, 4));
                                }
                                try (Pool pool = Pool.create(1)) {
                                    pool.apply(n -> runs += n, 1);
                                    pool.apply(n -> runs += n, 10);
                                    print(pool.apply(n -> runs += n, 100));
                                    try {
                                        pool.with(o -> o.crashRetries(0)).apply(n -> { Runtime.getRuntime().halt(9); return n; }, 1);
                                    } catch (WorkerCrashedException e) {
                                        print("crashed; the next has " + pool.apply(n -> runs += n, 1));
                                    }
                                }
                                print(Parallel.jobs(2).run(Stream.of(1, 2).map(n -> Parallel.delayed(Main::twice, n))));
                                print(Pool.shared(2).map(Main::twice, List.of(1)));
                                try (JvmProcess process = JvmProcess.start(() -> { throw new Odd(twice(1)); })) {
                                    process.join();
                                    print(process.failure().get().getClass() == Odd.class);
                                }
                            }
                        }

                        class State {
                            static String text = "not begun ";
                            static void begin(String what) { text = what; }
                        }
                        """))
                .containsExactly("[41, 44, 49]", "[3, 7]", "4", "[3, 4]", "2", "[4]", "[begun 1, begun 2]", "[7]",
                        "caught odd Point[x=3, y=3] 6", "[12, 13]", "Point[x=1, y=1]", "Point[x=2, y=2]",
                        "[Point[x=1, y=40], Point[x=2, y=40]]", "[failed, Point[x=2, y=2]]", "[1]", "true", "8", "111",
                        "crashed; the next has 1", "[Point[x=1, y=1], Point[x=2, y=2]]", "[Point[x=1, y=1]]", "true");
    }

    /** JEP 458: the other files are compiled when they are needed first, be it by us. */
    @Test
    void classesOfItsOtherFilesComeAlongAlsoIfNothingHereHasNeededThemYet() throws Exception {
        assertThat(JavaProgram.run(directory, "Main.java", """
                import io.farmhand.*;
                import java.util.*;
                import shapes.*;

                void main() {
                    try (Pool pool = Pool.create(1)) {
                        IO.println(pool.map(n -> Helper.help(n), List.of(1, 2)));
                        IO.println(pool.map(Areas::area, List.of(new Circle(1))));
                        IO.println(pool.map(Object::toString, List.of(new Circle(2))));
                        IO.println(pool.map(s -> s.area(), List.of(Shape.later())));
                    }
                }
                """, "Helper.java", """
                class Helper {
                    static int calls;
                    static int help(int n) { return 10 * n + ++calls; }
                }
                """, "shapes/Shape.java", """
                package shapes;
                public interface Shape extends java.io.Serializable {
                    double area();
                    static Shape later() {
                        try {
                            return (Shape) Class.forName("shapes.Later").getConstructor().newInstance();
                        } catch (ReflectiveOperationException e) {
                            throw new AssertionError(e);
                        }
                    }
                }
                """, "shapes/Circle.java", """
                package shapes;
                public record Circle(double r) implements Shape { public double area() { return 3 * r * r; } }
                """, "shapes/Later.java", """
                package shapes;
                public record Later() implements Shape { public double area() { return new Circle(2).area(); } }
                """, "shapes/Areas.java", """
                package shapes;
                public class Areas { public static double area(Shape shape) { return shape.area(); } }
                """)).containsExactly("[11, 22]", "[3.0]", "[Circle[r=2.0]]", "[12.0]");
    }

    @Test
    void theyAreInTheWorkersOfAClusterToo() throws Exception {
        try (TestCluster cluster = new TestCluster(directory)) {
            cluster.agent(1);
            assertThat(JavaProgram.run(directory.resolve("program"), "Main.java",
                    IMPORTS + """
                            import io.farmhand.internal.cluster.*;
                            import io.farmhand.internal.code.*;
                            import io.farmhand.internal.security.*;
                            import java.nio.file.Path;

                            public class Main {
                                record Point(int x, int y) implements Serializable {}

                                static int base;

                                public static void main(String[] args) throws Exception {
                                    Credentials credentials = new Credentials(null, Token.read(Path.of("%s")));
                                    JarStore store = JarStore.open(Path.of("%s"), 1 << 30);
                                    try (Pool pool = Pool.builder().initializer(() -> base = 40)
                                            .backend(new JoinedBackend(new Dialer("127.0.0.1", %d, credentials), "test", store)).build()) {
                                        System.out.println(pool.map(n -> new Point(n, base), List.of(1, 2)));
                                        System.out.println(pool.map(Point::x, List.of(new Point(3, 4))));
                                    }
                                }
                            }
                            """
                            .formatted(directory.resolve("client.token"), directory.resolve("packed"), cluster.port())))
                    .containsExactly("[Point[x=1, y=40], Point[x=2, y=40]]", "[3]");
        }
    }

    @Test
    void whatCannotComeAlongIsToldWithTheReason() throws Exception {
        assertThat(JavaProgram.run(directory, "Main.java",
                IMPORTS + """
                        public class Main {
                            public interface Named extends Serializable {}

                            /** Has a class that it does not give the bytes of. */
                            static class Closed extends ClassLoader {
                                Closed() { super(Main.class.getClassLoader()); }
                                Class<?> define() throws Exception {
                                    byte[] bytes = java.lang.classfile.ClassFile.of().build(java.lang.constant.ClassDesc.of("Made"),
                                            made -> made.withInterfaceSymbols(java.lang.constant.ClassDesc.of("java.io.Serializable"))
                                                    .withMethodBody("<init>", java.lang.constant.ConstantDescs.MTD_void, 1, code -> code.aload(0)
                                                            .invokespecial(java.lang.constant.ConstantDescs.CD_Object, "<init>",
                                                                    java.lang.constant.ConstantDescs.MTD_void).return_())
                                                    .withFlags(java.lang.reflect.AccessFlag.PUBLIC));
                                    return defineClass("Made", bytes, 0, bytes.length);
                                }
                            }

                            static void print(Object line) { System.out.println(line); }

                            public static void main(String[] args) throws Exception {
                                try (Pool pool = Pool.builder().workers(1).maxPayload(3000).build()) {
                                    try {
                                        pool.map(n -> n, List.of(1));
                                    } catch (TaskSerializationException e) {
                                        print(e.stage() + ": " + e.getMessage());
                                    }
                                    print(pool.map(Math::abs, List.of(-1)));
                                } catch (TaskSerializationException e) {
                                    print(e.stage() + ": " + e.getMessage());
                                }
                                Object made = new Closed().define().getConstructor().newInstance();
                                try (Pool pool = Pool.create(1)) {
                                    try {
                                        pool.apply(Object::toString, made);
                                    } catch (TaskSerializationException e) {
                                        print(e.stage() + ": " + e.getMessage());
                                    }
                                    print(pool.apply(n -> "the worker lives", 1));
                                    try {
                                        pool.apply(n -> Class.forName("ByName").getName(), 1);
                                    } catch (Exception e) {
                                        print("by name: " + e.getMessage());
                                    }
                                }
                                try {
                                    Pool.builder().workers(1).maxPayload(1000).initializer(() -> System.out.println("never")).build();
                                } catch (TaskSerializationException e) {
                                    print(e.getMessage());
                                }
                            }
                        }

                        class ByName {}
                        """))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("FUNCTION_OUT: The function was not sent: The class Main exists in"
                                        + " memory only")
                                .contains("maxPayload=3000", "bytes=", "classes="),
                        line -> assertThat(line).startsWith("FUNCTION_OUT"),
                        line -> assertThat(line).startsWith("ARGUMENT_IN: ").contains("class=Made", "memory only"),
                        line -> assertThat(line).isEqualTo("the worker lives"),
                        line -> assertThat(line).isEqualTo("by name: ByName"),
                        line -> assertThat(line).startsWith("The initializer cannot be sent to workers: ")
                                .contains("maxPayload=1000"));
    }
}
