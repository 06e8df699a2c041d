package io.farmhand.internal.sync;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.sync.Condition;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A condition that a server keeps, as its users see it: what they wait for is looked at by them. */
@AtCaller
public interface ConditionFace extends Condition {
    @Override
    default void waitFor(BooleanSupplier predicate) throws InterruptedException {
        while (!predicate.getAsBoolean()) {
            await();
        }
    }

    @Override
    default boolean waitFor(BooleanSupplier predicate, Duration timeout) throws InterruptedException {
        long nanos = Timeouts.nanos(timeout);
        long start = System.nanoTime();
        while (!predicate.getAsBoolean()) {
            long left = nanos - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            boolean _ = await(Duration.ofNanos(left));
        }
        return true;
    }
}
