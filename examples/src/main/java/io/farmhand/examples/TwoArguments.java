package io.farmhand.examples;

import io.farmhand.Partial;
import io.farmhand.Pool;
import io.farmhand.task.RemoteFunction;
import java.util.List;

/**
 * How is a function of two arguments mapped? Over two lists in step, with one argument bound, or with one captured.
 *
 * <p>Prints:
 *
 * <pre>
 * starmap  [1, 8, 81]
 * partial  [1, 4, 8]
 * captured [1, 4, 9]
 * </pre>
 */
public final class TwoArguments {
    private TwoArguments() {}

    /** A number to the power of another. */
    static long power(int base, int exponent) {
        return Math.powExact((long) base, exponent);
    }

    /** Raises numbers to powers. */
    public static void main(String[] args) {
        try (Pool pool = Pool.create(2)) {
            // pool.starmap(power, [(1, 5), (2, 3), (3, 4)])
            System.out.println("starmap  " + pool.starMap(TwoArguments::power, List.of(1, 2, 3), List.of(5, 3, 4)));
            // pool.map(partial(power, 2), [0, 2, 3])
            RemoteFunction<Integer, Long> ofTwo = Partial.of(TwoArguments::power, 2);
            System.out.println("partial  " + pool.map(ofTwo, List.of(0, 2, 3)));
            int exponent = 2;
            System.out.println("captured " + pool.map(base -> power(base, exponent), List.of(1, 2, 3)));
        }
    }
}
