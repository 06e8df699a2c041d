package io.farmhand.cache;

import io.farmhand.task.RemoteCallable;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task without arguments whose result is kept on disk; made by {@link Memory#cache(RemoteCallable)}.
 *
 * @param <R> what it gives
 */
public final class CachedCallable<R extends @Nullable Object> implements RemoteCallable<R> {
    private static final long serialVersionUID = 1;

    private final RemoteCallable<R> function;
    private final Shelf<R> shelf;

    CachedCallable(RemoteCallable<R> function, Shelf<R> shelf) {
        this.function = function;
        this.shelf = shelf;
    }

    /** As {@link CachedFunction#apply}; {@link #recompute} computes anew. */
    @Override
    public R call() throws Exception {
        return shelf.result(List.of(), function, loader());
    }

    /** As {@link CachedFunction#recompute}. */
    public R recompute() throws Exception {
        return shelf.computed(List.of(), function, loader());
    }

    /** As {@link CachedFunction#contains}. */
    public boolean contains() throws Exception {
        return shelf.contains(List.of());
    }

    /** As {@link CachedFunction#callAndShelve}. */
    public Shelved<R> callAndShelve() throws Exception {
        return shelf.shelved(List.of(), function, loader());
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

    private ClassLoader loader() {
        return Shelf.loaderOf(function);
    }

    @Override
    public String toString() {
        return "cached " + shelf.id().name();
    }
}
