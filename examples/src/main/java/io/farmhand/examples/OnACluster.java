package io.farmhand.examples;

import io.farmhand.Manager;
import io.farmhand.Pool;
import io.farmhand.sync.Queue;
import io.farmhand.task.Broadcast;
import java.util.List;
import java.util.Map;

/**
 * How does a program use a cluster? As a pool of its own: with what workers set up, a constant for all of them, and a
 * queue by which they tell how it goes.
 *
 * <p>Its argument is the farm's address, {@code farm://localhost} if there is none. It prints
 * <pre>
 * [un, deux, trois, ?]
 * 4 words looked up
 * </pre>
 */
public final class OnACluster {
    private static String unknown = "";

    private OnACluster() {}

    /** Looks up words. */
    public static void main(String[] args) throws InterruptedException {
        look(args.length == 0 ? "farm://localhost" : args[0]).forEach(System.out::println);
    }

    /** Looks up words in the workers of a farm. */
    public static List<String> look(String farm) throws InterruptedException {
        Map<String, String> dictionary = Map.of("one", "un", "two", "deux", "three", "trois");
        try (Manager manager = Manager.start();
                Pool pool = Pool.builder().farm(farm).workers(2).initializer(() -> unknown = "?").build();
                Broadcast<Map<String, String>> words = pool.broadcast(dictionary)) {
            Queue<String> done = manager.queue();
            List<String> found = pool.map(word -> {
                done.put(word);
                return words.get().getOrDefault(word, unknown);
            }, List.of("one", "two", "three", "four"));
            return List.of(found.toString(), done.size() + " words looked up");
        }
    }
}
