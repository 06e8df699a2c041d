package io.farmhand.cache;

import io.farmhand.task.RemoteFunction;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function whose results are kept on disk; made by {@link Memory#cache(RemoteFunction)}. It can be sent to workers as any
 * other.
 *
 * @param <T> what it takes
 * @param <R> what it gives
 */
public final class CachedFunction<T extends @Nullable Object, R extends @Nullable Object>
        implements
        RemoteFunction<T, R> {
    private static final long serialVersionUID = 1;

    private final RemoteFunction<T, ?> function;
    private final Shelf<R> shelf;

    CachedFunction(RemoteFunction<T, ?> function, Shelf<R> shelf) {
        this.function = function;
        this.shelf = shelf;
    }

    /**
     * The result for an argument: the one that is kept, or else a computed one, which is kept then. Each call gives an
     * object of its own.
     *
     * @throws InterruptedException when interrupted while another thread or process computes it
     * @throws Exception what the function throws
     */
    @Override
    public R apply(T item) throws Exception {
        return shelf.result(arguments(item), () -> function.apply(item), loader());
    }

    /**
     * Computes the result for an argument, whether or not there is one, and keeps it in place of that.
     *
     * @throws Exception what the function throws
     */
    public R recompute(T item) throws Exception {
        return shelf.computed(arguments(item), () -> function.apply(item), loader());
    }

    /** Whether there is a result for an argument, whole and not expired, so that {@link #apply} would not compute. */
    public boolean contains(T item) throws Exception {
        return shelf.contains(arguments(item));
    }

    /**
     * As {@link #apply}, but gives a reference to the result, which is read from disk when it is asked for: what is large
     * does not travel from worker to caller, and on to the next worker.
     *
     * @throws Exception what the function throws
     */
    public Shelved<R> callAndShelve(T item) throws Exception {
        return shelf.shelved(arguments(item), () -> function.apply(item), loader());
    }

    /**
     * Drops all results of this function, also those of earlier versions of its code, and of others with the same class and
     * method that captured something else.
     *
     * @throws UncheckedIOException when they cannot be deleted
     */
    public void clear() {
        shelf.clear();
    }

    /** What tells the function from others. */
    FunctionId id() {
        return shelf.id();
    }

    private static List<@Nullable Object> arguments(@Nullable Object item) {
        return Collections.singletonList(item);
    }

    private ClassLoader loader() {
        return Shelf.loaderOf(function);
    }

    @Override
    public String toString() {
        return "cached " + shelf.id().name();
    }
}
