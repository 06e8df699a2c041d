package io.farmhand;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a pool to be made; begun with {@link Pool#builder}. Not for use by several threads. */
public final class PoolBuilder {
    private static final long DEFAULT_MAX_PAYLOAD_BYTES = 1L << 30;
    private static final long MOST_PAYLOAD_BYTES = Integer.MAX_VALUE - (8L << 20);

    private int workers = Runtime.getRuntime().availableProcessors();
    private List<String> jvmArgs = List.of();
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable String maxHeap;
    private Path directory = Path.of("").toAbsolutePath();
    private List<Path> classPath = List.of();
    private long maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES;
    private WorkerOutput output = WorkerOutput.inherit();

    PoolBuilder() {}

    /**
     * How many worker JVMs; one for each core by default.
     *
     * @throws IllegalArgumentException when it is less than 1
     */
    public PoolBuilder workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers=" + count + " is not at least 1");
        }
        workers = count;
        return this;
    }

    /** Options for the workers' JVMs, after ours, so that they win; none by default. */
    public PoolBuilder jvmArgs(String... args) {
        jvmArgs = List.of(args);
        return this;
    }

    /**
     * Variables for the workers' environment, beside those of this process.
     *
     * @throws IllegalArgumentException when one cannot be in an environment
     */
    public PoolBuilder environment(Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("environment variable name=" + name + " value=" + value
                        + " cannot be: the name is empty or holds '=', or one of them holds a NUL");
            }
        });
        environment.putAll(variables);
        return this;
    }

    /**
     * The most heap of each worker; by default the workers share four fifths of the machine's memory, and none
     * takes more than a quarter.
     *
     * @param size as {@code -Xmx} takes it: {@code 512m}, {@code 4g}
     * @throws IllegalArgumentException when it is not of that form
     */
    public PoolBuilder maxHeap(String size) {
        if (!size.matches("[1-9][0-9]*[kKmMgGtT]?")) {
            throw new IllegalArgumentException("maxHeap=" + size + " is not a size such as 512m or 4g");
        }
        maxHeap = size;
        return this;
    }

    /**
     * The working directory of the workers; this process's own by default.
     *
     * @throws IllegalArgumentException when it is no directory
     */
    public PoolBuilder directory(Path workingDirectory) {
        if (!Files.isDirectory(workingDirectory)) {
            throw new IllegalArgumentException("directory=" + workingDirectory + " is not a directory");
        }
        directory = workingDirectory.toAbsolutePath();
        return this;
    }

    /**
     * Jars and class directories for the workers, after this JVM's own class path.
     *
     * @throws IllegalArgumentException when one does not exist
     */
    public PoolBuilder classPath(Path... entries) {
        for (Path entry : entries) {
            if (!Files.exists(entry)) {
                throw new IllegalArgumentException("classPath entry " + entry + " does not exist");
            }
        }
        classPath = List.of(entries);
        return this;
    }

    /**
     * The longest argument, result or function that is sent, in bytes as it is encoded; 1 GiB by default. What is
     * longer fails by itself with {@link TaskSerializationException}.
     *
     * @param bytes from 1 to 2,139,095,039, which is what an array can hold, less a little
     */
    public PoolBuilder maxPayload(long bytes) {
        if (bytes < 1 || bytes > MOST_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("maxPayload=" + bytes + " is not from 1 to " + MOST_PAYLOAD_BYTES);
        }
        maxPayloadBytes = bytes;
        return this;
    }

    /** Where the workers' standard output and error go; by default to this process's, with their number before. */
    public PoolBuilder output(WorkerOutput sink) {
        output = Objects.requireNonNull(sink, "sink");
        return this;
    }

    /**
     * Makes the pool, and waits for its first worker; the others go on starting meanwhile.
     *
     * @throws PoolBrokenException when no worker can be started, with the last lines of what one said
     */
    public Pool build() {
        return new Pool(new PoolOptions(workers, jvmArgs, Map.copyOf(environment), maxHeap, directory, classPath,
                maxPayloadBytes, output));
    }
}
