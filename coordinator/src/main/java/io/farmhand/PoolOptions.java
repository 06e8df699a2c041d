package io.farmhand;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pool was made with, checked; see {@link Pool.Builder} for what each means. */
record PoolOptions(int workers, List<String> jvmArgs, Map<String, String> environment, @Nullable String maxHeap,
        Path directory, List<Path> classPath, long maxPayloadBytes, WorkerOutput output) {

    /** How often an item is run again after its worker died of it. */
    static final int CRASH_RETRIES = 2;
}
