package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.task.TaskContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How do I load a model once for each worker, and not for each item? In the initializer; tasks find it again. */
public final class WorkerState {
    private WorkerState() {}

    /** Translates words with a dictionary that each worker loads once. */
    public static void main(String[] args) {
        try (Pool pool = Pool.builder().workers(2)
                .initializer(() -> TaskContext.current().setState(Dictionary.class, Dictionary.load()))
                .finalizer(() -> TaskContext.current().state(Dictionary.class).close())
                .build()) {
            System.out.println(pool.map(WorkerState::translate, List.of("one", "two", "three")));

            // State that is made when it is first asked for needs no initializer.
            List<Integer> counts = pool.map(_ -> TaskContext.current().state(Counter.class, Counter::new).next(),
                    IntStream.range(0, 100), 1);
            System.out.println("workers counted: " + (new HashSet<>(counts).size() > 1));
        }
    }

    private static String translate(String word) {
        return TaskContext.current().state(Dictionary.class).words().getOrDefault(word, "?");
    }

    /** Takes long to load, and is to be closed. */
    private record Dictionary(Map<String, String> words) {
        static Dictionary load() {
            return new Dictionary(Map.of("one", "uno", "two", "due", "three", "tre"));
        }

        void close() {
            // gives back what it holds
        }
    }

    /** One task runs at a time in a worker, so that its state needs no lock. */
    private static final class Counter {
        private int count;

        int next() {
            return ++count;
        }
    }
}
