package io.farmhand;

import java.util.function.Supplier;
import java.util.stream.Gatherer;
import java.util.stream.Gatherer.Downstream;
import org.jspecify.annotations.Nullable;

/**
 * A stage of a stream that runs in a pool: items go to the workers as they come, a window ahead, and results go on as
 * soon as they are there. Its state belongs to the thread that runs the stream; the job is opened with the first item.
 *
 * <p><b>The end.</b> A job is cancelled when downstream wants no more or the function throws. When upstream throws
 * nobody tells a gatherer: the garbage collector finds the call, and then its job is cancelled.
 *
 * @param <T> the items
 * @param <V> what the function gives
 * @param <R> what goes on
 */
final class PoolGatherer<T extends @Nullable Object, V extends @Nullable Object, R extends @Nullable Object> {
    /** Passes what came of an item on. */
    interface Emitter<V extends @Nullable Object, R extends @Nullable Object> {
        /** Returns whether downstream wants more. */
        boolean emit(V value, Downstream<? super R> downstream);
    }

    private final Supplier<ByHand<V>> opener;
    private final Emitter<V, R> emitter;
    private @Nullable ByHand<V> job;
    private boolean over;

    private PoolGatherer(Supplier<ByHand<V>> opener, Emitter<V, R> emitter) {
        this.opener = opener;
        this.emitter = emitter;
    }

    /** @param opener opens the job, on the thread that runs the stream */
    static <T extends @Nullable Object, V extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> of(
            Supplier<ByHand<V>> opener, Emitter<V, R> emitter) {
        return Gatherer.<T, PoolGatherer<T, V, R>, R>ofSequential(() -> new PoolGatherer<>(opener, emitter),
                (state, item, downstream) -> state.integrate(item, downstream), PoolGatherer::finish);
    }

    private boolean integrate(T item, Downstream<? super R> downstream) {
        if (over) {
            return false;
        }
        if (job == null) {
            job = opener.get();
        }
        ByHand<V> opened = job;
        opened.add(item);
        while (true) {
            Result<V> result = opened.call().nextUnlessRoom();
            if (result == null) {
                return !over;
            }
            if (!pass(opened, result, downstream)) {
                return false;
            }
        }
    }

    private void finish(Downstream<? super R> downstream) {
        ByHand<V> opened = job;
        if (opened == null || over) {
            return;
        }
        if (downstream.isRejecting()) {
            opened.call().close();
            return;
        }
        opened.end();
        while (opened.call().hasNext() && pass(opened, opened.call().next(), downstream)) {
            // All is done in the condition.
        }
    }

    /** Passes a result on; returns whether to go on. */
    private boolean pass(ByHand<V> opened, Result<V> result, Downstream<? super R> downstream) {
        boolean wanted = false;
        try {
            wanted = emitter.emit(result.get(), downstream);
        } finally {
            if (!wanted) {
                over = true;
                opened.call().close();
            }
        }
        return wanted;
    }
}
