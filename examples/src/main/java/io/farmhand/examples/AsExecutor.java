package io.farmhand.examples;

import io.farmhand.Pool;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Can code that wants an ExecutorService run in worker JVMs? Yes, if its tasks are serializable. */
public final class AsExecutor {
    private AsExecutor() {}

    /** A task that can be sent. */
    private record Square(int number) implements Callable<Integer>, Serializable {
        @Override
        public Integer call() {
            return number * number;
        }
    }

    /** Runs tasks as on any executor. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        try (Pool pool = Pool.create(2); ExecutorService executor = pool.asExecutorService()) {
            List<Square> tasks = List.of(new Square(1), new Square(2), new Square(3));
            List<Integer> squares = new ArrayList<>();
            for (Future<Integer> future : executor.invokeAll(tasks)) {
                squares.add(future.get());
            }
            System.out.println(squares);

            // A lambda must say that it can be sent.
            Future<Integer> future = executor.submit((Callable<Integer> & Serializable) () -> 6 * 7);
            System.out.println(future.get());
        }
    }
}
