package io.farmhand;

import io.farmhand.task.RemoteCallable;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the tasks of a {@link Parallel} run. */
interface ParallelBackend {
    /**
     * Begins a run.
     *
     * @param tasks pulled by one thread at a time, no further ahead than the plan says
     * @param plan how to run them
     * @param report is told of what was pulled and what is done
     */
    <R extends @Nullable Object> Results<R> start(Iterator<? extends RemoteCallable<? extends R>> tasks, Plan plan,
            ParallelReport report);

    /**
     * How tasks are run.
     *
     * @param jobs how many at a time
     * @param batchSize how many in a batch; 0 for the backend's own choice
     * @param batchesAhead how many batches are pulled ahead at most; {@link Integer#MAX_VALUE} for all
     * @param timeout of each task, from its start; null for none
     * @param ordered whether results come in the order of the tasks
     * @param lazy whether the reader may be slow or stop: then batches count as ahead until they are read, else until
     *     they are done
     */
    record Plan(int jobs, int batchSize, int batchesAhead, @Nullable Duration timeout, boolean ordered, boolean lazy) {}

    /**
     * The results, read by one thread. {@code hasNext} and {@code next} throw the error of a task as it is, in its
     * place; after that there is only {@code close}.
     */
    interface Results<R extends @Nullable Object> extends Iterator<R>, AutoCloseable {
        /** Gives up what is not done. May be called again, after the end, and by any thread. */
        @Override
        void close();

        /** What the run was measured to do badly, if anything; asked for after its end. */
        default Optional<String> advice() {
            return Optional.empty();
        }
    }
}
