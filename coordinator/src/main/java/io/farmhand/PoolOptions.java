package io.farmhand;

import io.farmhand.backend.Backend;
import io.farmhand.task.RemoteRunnable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pool was made with, checked; see {@link PoolBuilder} for what each means.
 *
 * @param keepAlive zero for ever
 * @param maxTasksPerWorker 0 for no bound
 * @param maxWorkerBytes 0 for no bound
 */
record PoolOptions(int workers, List<String> jvmArgs, Map<String, String> environment, @Nullable String maxHeap,
        Path directory, List<Path> classPath, long maxPayloadBytes, WorkerOutput output, CallOptions calls,
        @Nullable RemoteRunnable initializer, @Nullable RemoteRunnable finalizer, int maxTasksPerWorker,
        long maxWorkerBytes, Duration keepAlive, Duration lease, @Nullable PoolListener listener, Backend backend) {

    /**
     * Equal for options that are alike but for the number of workers; what is the user's own code is compared by
     * identity, so that none of it runs.
     */
    List<@Nullable Object> sharedKey() {
        return Arrays.asList(jvmArgs, environment, maxHeap, directory, classPath, maxPayloadBytes,
                new Identity(output), calls.key(), new Identity(initializer), new Identity(finalizer),
                maxTasksPerWorker, maxWorkerBytes, keepAlive, lease, new Identity(listener), new Identity(backend));
    }
}
