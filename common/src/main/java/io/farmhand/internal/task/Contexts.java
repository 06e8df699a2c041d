package io.farmhand.internal.task;

import io.farmhand.task.TaskContext;
import org.jspecify.annotations.Nullable;

/** The context of the task that runs on a thread, if one does. Each thread sees its own. */
public final class Contexts {
    private static final ThreadLocal<@Nullable TaskContext> CURRENT = new InheritableThreadLocal<>();

    private Contexts() {}

    /** The context of the task that runs on this thread, or that started this thread. */
    public static @Nullable TaskContext current() {
        return CURRENT.get();
    }

    /** From now on this thread runs in that context; null for none. */
    public static void enter(@Nullable TaskContext context) {
        if (context == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(context);
        }
    }
}
