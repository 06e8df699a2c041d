package io.farmhand.task;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A question that can be sent to a worker.
 *
 * @param <T> what it is asked of
 */
@FunctionalInterface
public interface RemotePredicate<T extends @Nullable Object> extends Serializable {
    /**
     * Answers in a worker.
     *
     * @param value what it is asked of
     * @return the answer
     * @throws Exception whatever the predicate wishes
     */
    boolean test(T value) throws Exception;
}
