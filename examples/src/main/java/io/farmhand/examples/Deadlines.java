package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.Result;
import java.time.Duration;
import java.util.List;

/** What if an item never ends, and another ends its JVM? Each costs itself, and nothing else. */
public final class Deadlines {
    private Deadlines() {}

    /** Maps with a deadline and takes what comes, errors as values. */
    public static void main(String[] args) {
        try (Pool pool = Pool.builder().workers(2).taskTimeout(Duration.ofSeconds(1)).build()) {
            List<Result<Integer>> results = pool.mapResults(Deadlines::treacherous, List.of(1, 2, 3, 4));
            for (Result<Integer> result : results) {
                System.out.println(switch (result) {
                    case Result.Success<Integer> success -> "%d: %d".formatted(success.index(), success.value());
                    case Result.Failure<Integer> failure -> "%d: %s, %s".formatted(failure.index(), failure.kind(),
                            failure.error().getClass().getSimpleName());
                });
            }
        }
    }

    private static int treacherous(int n) {
        switch (n) {
            case 2 -> {
                while (true) { // its worker is killed after a second
                    Thread.onSpinWait();
                }
            }
            case 3 -> Runtime.getRuntime().halt(1); // is tried twice more, on two more workers
            default -> {
            }
        }
        return 10 * n;
    }
}
