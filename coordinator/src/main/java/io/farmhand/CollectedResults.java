package io.farmhand;

import io.farmhand.Result.Failure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of each item of a call, also when the pool ends in the middle: then the items without an outcome have that
 * as their error. Owned by the thread that consumes the call.
 */
final class CollectedResults<R extends @Nullable Object> {
    private final Call<R> call;
    private final List<@Nullable Result<R>> results = new ArrayList<>();

    private CollectedResults(Call<R> call) {
        this.call = call;
    }

    /**
     * Reads a call to its end.
     *
     * @throws RuntimeException what the input threw, as it is, or what the job failed with, unless its pool ended
     */
    static <R extends @Nullable Object> List<Result<R>> of(Call<R> call) {
        boolean done = false;
        try {
            List<Result<R>> all = new CollectedResults<>(call).collect();
            done = true;
            return all;
        } finally {
            if (!done) {
                call.close();
            }
        }
    }

    private List<Result<R>> collect() {
        try {
            while (call.hasNext()) {
                put(call.next());
            }
        } catch (PoolClosedException | PoolBrokenException e) {
            if (!call.poolEnded()) { // the input itself threw it, of another pool
                throw e;
            }
            for (Iterator<Result<R>> left = call.left(); left != null; left = call.left()) {
                left.forEachRemaining(this::put);
            }
            return complete(call.feeder().size(), e);
        }
        return complete(results.size(), null);
    }

    private void put(Result<R> result) {
        int index = Math.toIntExact(result.index());
        while (results.size() <= index) {
            results.add(null);
        }
        results.set(index, result);
    }

    private List<Result<R>> complete(long size, @Nullable RuntimeException end) {
        List<Result<R>> all = new ArrayList<>(results.size());
        for (int i = 0; i < size; i++) {
            Result<R> result = i < results.size() ? results.get(i) : null;
            if (result != null) {
                all.add(result);
            } else if (end != null) {
                all.add(new Result.Failure<>(i, end, Kind.CANCELLED, -1, 0, Duration.ZERO));
            } else {
                throw new IllegalStateException("there is no outcome of item " + i);
            }
        }
        return all;
    }
}
