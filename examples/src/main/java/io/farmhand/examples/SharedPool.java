package io.farmhand.examples;

import io.farmhand.Pool;
import java.time.Duration;
import java.util.List;

/** Who makes the pool, when many parts of a program want one? Nobody: there is one to share, made on first use. */
public final class SharedPool {
    private SharedPool() {}

    /** Two parts of a program use one pool; a third wants it larger. */
    public static void main(String[] args) {
        System.out.println(totals(List.of(1, 2, 3)));
        System.out.println(totals(List.of(4, 5, 6))); // the same workers, already warm

        Pool pool = Pool.shared(2);
        pool.resize(3); // what is under way goes on
        System.out.println("workers: " + Pool.shared().size());

        // Pools of other options are shared apart. This one lets its workers go after ten idle seconds.
        Pool small = Pool.builder().workers(1).maxHeap("64m").keepAlive(Duration.ofSeconds(10)).shared();
        int answer = small.apply(n -> n + 1, 41);
        System.out.println(answer);
    }

    private static List<Integer> totals(List<Integer> numbers) {
        return Pool.shared(2).map(n -> n * (n + 1) / 2, numbers); // never closed: it ends with this JVM
    }
}
