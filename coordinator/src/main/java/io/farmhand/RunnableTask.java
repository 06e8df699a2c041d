package io.farmhand;

import io.farmhand.task.RemoteFunction;
import org.jspecify.annotations.Nullable;

/** A serializable action as a function that takes and gives nothing. */
record RunnableTask(Runnable task) implements RemoteFunction<@Nullable Void, @Nullable Void> {
    @Override
    public @Nullable Void apply(@Nullable Void nothing) {
        task.run();
        return null;
    }
}
