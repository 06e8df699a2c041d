package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools in jshell, where each snippet is a class that exists in memory only. */
@FarmTest(seconds = 120)
class JshellTest {
    private static final String IMPORTS = """
            import io.farmhand.*
            import io.farmhand.task.*
            import java.util.*
            """;

    @TempDir
    Path directory;

    @Test
    void whatIsDeclaredThereIsInTheWorkers() throws Exception {
        assertThat(JavaProgram.shell(directory,
                IMPORTS + """
                        var pool = Pool.create(2)
                        System.out.println(pool.map(n -> n * n, List.of(1, 2, 3)))
                        record Point(int x, int y) implements java.io.Serializable { int sum() { return x + y; } }
                        System.out.println(pool.map(Point::sum, List.of(new Point(1, 2))))
                        List<Point> points = pool.map(n -> new Point(n, n), List.of(1, 2))
                        System.out.println(points.get(1).sum())
                        int twice(int n) { return 2 * n; }
                        System.out.println(pool.map(n -> twice(n), List.of(1, 2)))
                        class Odd extends RuntimeException { Odd(String s) { super(s); } }
                        try { pool.apply(n -> { throw new Odd("odd " + n); }, 3); } catch (Odd e) { System.out.println("caught " + e.getMessage()); }
                        class Counter { static int count; }
                        System.out.println(Parallel.jobs(1).run(List.of(Parallel.delayed(() -> new Point(5, 6)))))
                        System.out.println(Pool.shared(1).map(Point::sum, List.of(new Point(7, 8))))
                        pool.close()
                        var one = Pool.create(1)
                        one.apply(n -> Counter.count += n, 1)
                        System.out.println(one.map(n -> Counter.count += n, List.of(10)))
                        one.close()
                        """))
                .containsExactly("[1, 4, 9]", "[3]", "4", "[2, 4]", "caught odd 3", "[Point[x=5, y=6]]", "[15]",
                        "[11]");
    }

    @Test
    void whatIsDeclaredAnewIsAnewInTheWorkers() throws Exception {
        assertThat(JavaProgram.shell(directory, IMPORTS + """
                var pool = Pool.create(1)
                int twice(int n) { return 2 * n; }
                RemoteFunction<Integer, Integer> f = n -> twice(n) + 1
                System.out.println(pool.map(f, List.of(1, 2)))
                int twice(int n) { return 20 * n; }
                System.out.println(pool.map(n -> twice(n), List.of(1, 2)))
                System.out.println(pool.map(f, List.of(1, 2)))
                record Point(int x) implements java.io.Serializable {}
                System.out.println(pool.map(n -> new Point(n), List.of(1)))
                record Point(int x, int y) implements java.io.Serializable {}
                System.out.println(pool.map(n -> new Point(n, n), List.of(1)))
                System.out.println(pool.map(p -> p.x(), List.of(new Point(8, 9))))
                pool.close()
                """)).containsExactly("[3, 5]", "[20, 40]", "[21, 41]", "[Point[x=1]]", "[Point[x=1, y=1]]", "[8]");
    }

    @Test
    void variablesHaveTheValuesThatTheyHaveWhenTheCallIsMade() throws Exception {
        assertThat(JavaProgram.shell(directory,
                IMPORTS + """
                        int factor = 3
                        var pool = Pool.builder().workers(1).initializer(() -> System.setProperty("factor", "" + factor)).build()
                        System.out.println(pool.map(n -> n * factor, List.of(1, 2)))
                        factor = 5
                        System.out.println(pool.map(n -> n * factor, List.of(1, 2)))
                        System.out.println(pool.map(n -> System.getProperty("factor"), List.of(0)))
                        int scaled(int n) { return n * factor; }
                        System.out.println(pool.map(n -> scaled(n), List.of(1, 2)))
                        RemoteFunction<Integer, Integer> g = n -> scaled(n) + 1
                        System.out.println(pool.map(n -> g.apply(n), List.of(1, 2)))
                        record Point(int x) implements java.io.Serializable { int far() { return x + base.x(); } }
                        Point base = new Point(100)
                        System.out.println(pool.map(Point::far, List.of(new Point(1))))
                        var names = new HashMap<>(Map.of(1, "one"))
                        System.out.println(pool.map(n -> names.get(n), List.of(1)))
                        Object unsendable = new Object()
                        try { pool.map(n -> unsendable.hashCode(), List.of(1)); } catch (TaskSerializationException e) { System.out.println(e.getMessage()); }
                        pool.close()
                        """))
                .containsExactly("[3, 6]", "[5, 10]", "[3]", "[5, 10]", "[6, 11]", "[101]", "[one]",
                        "The function was not sent: The function reads the variable unsendable, whose value, of java.lang.Object,"
                                + " is not Serializable. Make what it needs inside the function.");
    }
}
