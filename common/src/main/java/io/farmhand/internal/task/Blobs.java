package io.farmhand.internal.task;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The broadcast values of this process, by the SHA-256 of their encoded bytes in hexadecimal.
 *
 * <p><b>Concurrency.</b> {@code HELD} is a concurrent map whose entries are replaced as a whole; {@code elsewhere} is
 * set once, before a worker's first task.
 */
public final class Blobs {
    /** A value, and how many broadcasts of this process hold it. */
    private record Held(Object value, int holders) {}

    private static final Map<String, Held> HELD = new ConcurrentHashMap<>();
    private static volatile @Nullable Function<String, Object> elsewhere;

    private Blobs() {}

    /** Where a worker gets values from that were broadcast by its coordinator. */
    public static void from(Function<String, Object> source) {
        elsewhere = source;
    }

    /** Holds a value that this process broadcasts; each call is to be followed by one {@link #release}. */
    public static void hold(String sha256, Object value) {
        HELD.merge(sha256, new Held(value, 1), (held, _) -> new Held(held.value, held.holders + 1));
    }

    /** Lets go of a value once. */
    public static void release(String sha256) {
        HELD.computeIfPresent(sha256, (_, held) -> held.holders == 1 ? null : new Held(held.value, held.holders - 1));
    }

    /**
     * A value that was broadcast, by this process or to it.
     *
     * @throws IllegalStateException when there is none
     */
    public static Object get(String sha256) {
        Held held = HELD.get(sha256);
        if (held != null) {
            return held.value;
        }
        Function<String, Object> source = elsewhere;
        if (source == null) {
            throw closed(sha256);
        }
        return source.apply(sha256);
    }

    /** That a value is not to be had any more. */
    public static IllegalStateException closed(String sha256) {
        return new IllegalStateException("broadcast sha256=" + sha256
                + " is not there: it belongs to another pool, or it was closed, or its pool was. Use it in tasks of the"
                + " pool that made it, and keep it open for as long as they use it");
    }
}
