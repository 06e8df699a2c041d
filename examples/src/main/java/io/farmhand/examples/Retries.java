package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What if a task fails now and then? It is tried again, if its exception is worth it. */
public final class Retries {
    private Retries() {}

    /** Fetches pages from a server that is busy at first. */
    public static void main(String[] args) {
        try (Pool pool = Pool.create(2)) {
            Pool patient = pool.with(options -> options.retries(3)
                    .retryIf(thrown -> thrown instanceof IOException)
                    .retryBackoff(Duration.ofMillis(20))); // then 40 ms, then 80
            System.out.println(patient.map(Retries::fetch, List.of("a", "b", "c")));
            try {
                pool.map(Retries::fetch, List.of("a", "b", "c")); // the same workers, but not tried again
            } catch (Exception e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String fetch(String page) throws IOException {
        int attempt = TaskContext.current().attempt(); // from 1
        if (attempt < 3) {
            throw new IOException("the server is busy");
        }
        return "page " + page + " at attempt " + attempt;
    }
}
