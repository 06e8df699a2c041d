package io.farmhand;

import io.farmhand.internal.task.Bound;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is sent as the function of a run in processes: the one that most of its tasks call, so that only their arguments
 * travel as items. A task that calls another one travels whole. An item is the argument of a task of one, the list of
 * them of a task of more, or a task.
 *
 * @param function what tasks call; null when every task travels whole
 * @param arguments how many it takes
 */
record SharedCall(@Nullable Serializable function, int arguments)
        implements
            RemoteFunction<@Nullable Object, @Nullable Object> {
    /** The function of a task, to be shared with those that are like it. */
    static SharedCall like(RemoteCallable<?> task) {
        return task instanceof Bound bound && !bound.arguments().isEmpty()
                ? new SharedCall(bound.function(), bound.arguments().size())
                : new SharedCall(null, 0);
    }

    /** A task as an item. Which function it calls is a question of identity: functions have no other equality. */
    @SuppressWarnings("ReferenceEquality")
    @Nullable
    Object item(RemoteCallable<?> task) {
        if (function == null || !(task instanceof Bound bound) || bound.function() != function
                || bound.arguments().size() != arguments) {
            return task;
        }
        List<@Nullable Object> all = bound.arguments();
        if (arguments > 1) {
            return new ArrayList<>(all);
        }
        // An argument that is itself a task would be run.
        return all.getFirst() instanceof RemoteCallable<?> ? task : all.getFirst();
    }

    @Override
    public @Nullable Object apply(@Nullable Object item) throws Exception {
        if (item instanceof RemoteCallable<?> task) {
            return task.call();
        }
        if (function == null) {
            throw new AssertionError("an item that is no task, and no function for it");
        }
        if (arguments == 1) {
            List<@Nullable Object> one = new ArrayList<>(1);
            one.add(item);
            return Bound.invoke(function, one);
        }
        @SuppressWarnings("unchecked")
        List<@Nullable Object> all = (List<@Nullable Object>) item;
        if (all == null) {
            throw new AssertionError("an item without arguments");
        }
        return Bound.invoke(function, all);
    }
}
