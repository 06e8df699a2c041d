package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.task.TaskContext;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Can a simulation give the same numbers in each run? Yes: an item's random numbers come of the seed and its index. */
public final class RandomNumbers {
    private static final int ITEMS = 40;
    private static final int POINTS = 50_000;

    private RandomNumbers() {}

    /** Estimates pi with one worker, with three, and with another seed. */
    public static void main(String[] args) {
        double one = estimate(1, 42);
        double three = estimate(3, 42);
        double other = estimate(1, 43);
        System.out.printf("about pi: %b%n", Math.abs(one - Math.PI) < 0.01);
        System.out.printf("the same with three workers: %b%n", one == three);
        System.out.printf("the same with another seed: %b%n", one == other);
    }

    private static double estimate(int workers, long seed) {
        try (Pool pool = Pool.builder().workers(workers).seed(seed).build()) {
            long inside = pool.map(_ -> pointsInside(), IntStream.range(0, ITEMS)).stream().mapToLong(n -> n).sum();
            return 4.0 * inside / (ITEMS * POINTS);
        }
    }

    /** How many of the points of an item lie in a quarter of a circle. */
    private static long pointsInside() {
        RandomGenerator random = TaskContext.current().random();
        return IntStream.range(0, POINTS).filter(_ -> Math.hypot(random.nextDouble(), random.nextDouble()) < 1).count();
    }
}
