package io.farmhand.internal.sync;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is serialized for one process and must not be waited for when that ends before it has arrived there. It belongs to
 * the thread that serializes.
 */
public final class Travel {
    private static final ThreadLocal<@Nullable Travel> CURRENT = new ThreadLocal<>();

    private final List<Runnable> losses = new ArrayList<>();

    private Travel() {}

    /** Serialization that may fail. */
    @FunctionalInterface
    public interface Serialization<X extends Exception> {
        /** Serializes something. */
        void run() throws X;
    }

    /**
     * Serializes something for one process.
     *
     * @return what to do when that process has ended
     */
    public static <X extends Exception> Runnable of(Serialization<X> serialization) throws X {
        Travel travel = new Travel();
        Travel outer = CURRENT.get();
        CURRENT.set(travel);
        try {
            serialization.run();
        } finally {
            CURRENT.set(outer);
        }
        return () -> travel.losses.forEach(Runnable::run);
    }

    /** Something is serialized; if for one process, that is done when the process has ended. */
    static void note(Runnable loss) {
        Travel travel = CURRENT.get();
        if (travel != null) {
            travel.losses.add(loss);
        }
    }
}
