package io.farmhand.internal.gather;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Delivers runs as they come; the input's own failure comes last. */
public final class UnorderedGather extends Gather {
    private final ArrayDeque<Run> waiting = new ArrayDeque<>();
    private Run.@Nullable InputFailed inputFailed;

    /** @param window what may be under way */
    public UnorderedGather(Window window) {
        super(window);
    }

    @Override
    void store(Run run) {
        if (run instanceof Run.InputFailed failed) {
            inputFailed = failed;
        } else {
            waiting.add(run);
        }
    }

    @Override
    boolean hasReady() {
        return !waiting.isEmpty();
    }

    @Override
    @Nullable
    Run removeReady(boolean nothingOpen) {
        Run next = waiting.poll();
        if (next == null && nothingOpen) {
            next = inputFailed;
            inputFailed = null;
        }
        return next;
    }

    @Override
    @Nullable
    Run removeAny() {
        return waiting.poll();
    }
}
