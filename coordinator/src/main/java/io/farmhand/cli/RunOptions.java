package io.farmhand.cli;

import io.farmhand.PoolBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** How {@code farm map} and {@code farm submit} run. */
final class RunOptions {
    @Option(names = "--chunk-size", paramLabel = "N", defaultValue = "1",
            description = "Items sent to a worker at once (default: 1). Raise it for many quick items.")
    private int chunkSize = 1;

    @Option(names = "--unordered", description = "Print results as they come, not in the order of the inputs.")
    private boolean unordered;

    @Option(names = "--retries", paramLabel = "N", defaultValue = "0",
            description = "Run an item whose method throws so often again (default: 0). One whose worker dies is run "
                    + "three times in all whatever this says, one that takes longer than --timeout only once.")
    private int retries;

    @Option(names = "--timeout", paramLabel = "TIME", converter = TimeLimit.Converter.class,
            description = "How long an item may run: 30s, 5m, 1.5h, or a number of seconds; or 300%% of the median of those "
                    + "that are done. Its worker is killed then.")
    private @Nullable TimeLimit timeout;

    @Option(names = "--halt", paramLabel = "WHEN,WHAT=N", defaultValue = "never", converter = Halt.Converter.class,
            description = "End the run at so many: now (kill what runs) or soon (finish it), then fail, success or done, "
                    + "as in now,fail=1 or soon,fail=10%% (default: never).")
    private Halt halt = Halt.NEVER;

    @Option(names = "--max-tasks-per-worker", paramLabel = "N", defaultValue = "0",
            description = "Replace a worker after so many items (default: never).")
    private int maxTasksPerWorker;

    @Option(names = "--max-heap", paramLabel = "SIZE", description = "Each worker's largest heap, such as 512m.")
    private @Nullable String maxHeap;

    @Option(names = "--memfree", paramLabel = "SIZE", defaultValue = "0", converter = FreeConverter.class,
            description = "Begin no item while this host has less memory to spare, such as 2g.")
    private long memoryFree;

    @Option(names = "--jvm-arg", paramLabel = "ARG", description = "An argument for the workers' JVMs. Repeatable.")
    private List<String> jvmArguments = new ArrayList<>();

    @Option(names = {"--bar", "--eta"},
            description = "Show on standard error how far it is, and how long it will take.")
    private boolean bar;

    @Option(names = "--insights", description = "Show in the end where the workers' time went, and what was slow.")
    private boolean insights;

    @Option(names = "--dry-run", description = "Say what would be run, and run nothing.")
    private boolean dryRun;

    /** Reads sizes; 0 for none. */
    static final class FreeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return text.equals("0") ? Long.valueOf(0) : new SizeConverter().convert(text);
        }
    }

    int chunkSize() {
        return chunkSize;
    }

    boolean isOrdered() {
        return !unordered;
    }

    Halt halt() {
        return halt;
    }

    boolean showsProgress() {
        return bar;
    }

    boolean showsInsights() {
        return insights;
    }

    boolean isDryRun() {
        return dryRun;
    }

    List<String> jvmArguments() {
        return jvmArguments;
    }

    @Nullable
    String maxHeap() {
        return maxHeap;
    }

    /** @throws UsageException when a number is too small, or this host does not tell what it would have to */
    void check() {
        if (chunkSize < 1) {
            throw new UsageException("--chunk-size must be 1 or more, not " + chunkSize);
        }
        if (retries < 0) {
            throw new UsageException("--retries must be 0 or more, not " + retries);
        }
        if (maxTasksPerWorker < 0) {
            throw new UsageException("--max-tasks-per-worker must be 0 or more, not " + maxTasksPerWorker);
        }
        if (memoryFree > 0) {
            FreeMemory.check(memoryFree);
        }
    }

    /** Sets what concerns the pool. */
    void configure(PoolBuilder builder) {
        builder.retries(retries);
        if (!jvmArguments.isEmpty()) {
            builder.jvmArgs(jvmArguments.toArray(String[]::new));
        }
        if (timeout != null) {
            timeout.set(builder);
        }
        if (maxTasksPerWorker > 0) {
            builder.maxTasksPerWorker(maxTasksPerWorker);
        }
        if (maxHeap != null) {
            try {
                builder.maxHeap(maxHeap);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--max-heap: " + e.getMessage());
            }
        }
    }

    /** Whether there is memory for one more. */
    BooleanSupplier memory(Console console) {
        return memoryFree == 0 ? () -> true : new FreeMemory(memoryFree, console);
    }
}
