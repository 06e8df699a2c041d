package io.farmhand.internal.gather;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Delivers runs by item index, without a gap. */
public final class OrderedGather extends Gather {
    private final PriorityQueue<Run> waiting = new PriorityQueue<>(Comparator.comparingLong(Run::firstIndex));
    private long nextIndex;

    /** @param window what may be under way */
    public OrderedGather(Window window) {
        super(window);
    }

    @Override
    void store(Run run) {
        assert run.firstIndex() >= nextIndex : "delivered twice: " + run.firstIndex();
        waiting.add(run);
    }

    @Override
    boolean hasReady() {
        Run first = waiting.peek();
        return first != null && first.firstIndex() == nextIndex;
    }

    @Override
    @Nullable
    Run removeReady(boolean nothingOpen) {
        if (!hasReady()) {
            return null;
        }
        Run first = waiting.remove();
        nextIndex += first.count();
        return first;
    }

    @Override
    @Nullable
    Run removeAny() {
        return waiting.poll();
    }
}
