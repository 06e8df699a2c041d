package io.farmhand;

import org.jspecify.annotations.Nullable;

/** A call into which items are handed one by one, by the thread that takes its results, too. */
record ByHand<R extends @Nullable Object>(Call<R> call, Backlog backlog) {
    /** Adds an item; what makes a chunk is sent. */
    void add(@Nullable Object item) {
        if (backlog.add(item)) {
            feed();
        }
    }

    /** No more items: what is left is sent. */
    void end() {
        feed();
        call.feeder().end();
    }

    private void feed() {
        Feeder feeder = call.feeder();
        while (!feeder.isOver() && feeder.fed() < backlog.added()) {
            feeder.feed();
        }
    }
}
