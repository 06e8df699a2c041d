package io.farmhand;

import io.farmhand.internal.serial.Pair;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteFunction;
import org.jspecify.annotations.Nullable;

/** A function of two arguments as one of their pair. */
record StarTask(
        RemoteBiFunction<@Nullable Object, @Nullable Object, ?> function)
        implements
            RemoteFunction<Pair, @Nullable Object> {
    @SuppressWarnings("unchecked")
    static StarTask of(RemoteBiFunction<?, ?, ?> function) {
        return new StarTask((RemoteBiFunction<@Nullable Object, @Nullable Object, ?>) function);
    }

    @Override
    public @Nullable Object apply(Pair pair) throws Exception {
        return function.apply(pair.first(), pair.second());
    }
}
