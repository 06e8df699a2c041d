package io.farmhand.cache;

import io.farmhand.task.RemoteBiFunction;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of two arguments whose results are kept on disk; made by {@link Memory#cache(RemoteBiFunction)}.
 *
 * @param <A> the first argument
 * @param <B> the second argument
 * @param <R> what it gives
 */
public final class CachedBiFunction<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        implements
        RemoteBiFunction<A, B, R> {
    private static final long serialVersionUID = 1;

    private final RemoteBiFunction<A, B, R> function;
    private final Shelf<R> shelf;

    CachedBiFunction(RemoteBiFunction<A, B, R> function, Shelf<R> shelf) {
        this.function = function;
        this.shelf = shelf;
    }

    /** As {@link CachedFunction#apply}. */
    @Override
    public R apply(A first, B second) throws Exception {
        return shelf.result(arguments(first, second), () -> function.apply(first, second), loader());
    }

    /** As {@link CachedFunction#recompute}. */
    public R recompute(A first, B second) throws Exception {
        return shelf.computed(arguments(first, second), () -> function.apply(first, second), loader());
    }

    /** As {@link CachedFunction#contains}. */
    public boolean contains(A first, B second) throws Exception {
        return shelf.contains(arguments(first, second));
    }

    /** As {@link CachedFunction#callAndShelve}. */
    public Shelved<R> callAndShelve(A first, B second) throws Exception {
        return shelf.shelved(arguments(first, second), () -> function.apply(first, second), loader());
    }

    /**
     * As {@link CachedFunction#clear}.
     *
     * @throws UncheckedIOException when results cannot be deleted
     */
    public void clear() {
        shelf.clear();
    }

    /** What tells the function from others. */
    FunctionId id() {
        return shelf.id();
    }

    private static List<@Nullable Object> arguments(@Nullable Object first, @Nullable Object second) {
        return Arrays.asList(first, second);
    }

    private ClassLoader loader() {
        return Shelf.loaderOf(function);
    }

    @Override
    public String toString() {
        return "cached " + shelf.id().name();
    }
}
