package io.farmhand;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The values of a call, up to its first failure, which is thrown and cancels the job at once. */
record LazyValues<R extends @Nullable Object>(Call<R> call) implements Iterator<R> {
    @Override
    public boolean hasNext() {
        return call.hasNext();
    }

    @Override
    public R next() {
        Result<R> result = call.next();
        if (result instanceof Result.Failure<R>) {
            call.close();
        }
        return result.get();
    }
}
