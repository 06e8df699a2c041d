package io.farmhand;

import io.farmhand.backend.Backend;
import io.farmhand.backend.Capability;
import io.farmhand.internal.cluster.FarmUri;
import io.farmhand.internal.cluster.JoinedBackend;
import io.farmhand.internal.local.LocalBackend;
import io.farmhand.internal.process.MemorySize;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.task.RemotePredicate;
import io.farmhand.task.RemoteRunnable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a pool to be made; begun with {@link Pool#builder}. Not for use by several threads. */
public final class PoolBuilder {
    private static final long DEFAULT_MAX_PAYLOAD_BYTES = 1L << 30;
    private static final long MOST_PAYLOAD_BYTES = Integer.MAX_VALUE - (8L << 20);

    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(15);
    private static final Duration LEAST_LEASE = Duration.ofMillis(100);

    /** 0 for as many as there are cores. */
    private int workers;
    private List<String> jvmArgs = List.of();
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable String maxHeap;
    private Path directory = Path.of("").toAbsolutePath();
    private List<Path> classPath = List.of();
    private long maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES;
    private WorkerOutput output = WorkerOutput.inherit();
    private CallOptions calls = CallOptions.DEFAULT;
    private @Nullable RemoteRunnable initializer;
    private @Nullable RemoteRunnable finalizer;
    private int maxTasksPerWorker;
    private long maxWorkerBytes;
    private @Nullable Duration keepAlive;
    private Duration lease = DEFAULT_LEASE;
    private @Nullable PoolListener listener;
    private Backend backend = LocalBackend.INSTANCE;
    /** What the options that were given want of the backend, by the option's name. */
    private final Map<String, Capability> wanted = new LinkedHashMap<>();

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
        return wants("jvmArgs", Capability.JVM_OPTIONS);
    }

    /**
     * Variables for the workers' environment, beside those of this process.
     *
     * @throws IllegalArgumentException when one cannot be in an environment
     */
    public PoolBuilder environment(Map<String, String> variables) {
        checkEnvironment(Objects.requireNonNull(variables, "environment"));
        environment.putAll(variables);
        return wants("environment", Capability.ENVIRONMENT);
    }

    static void checkEnvironment(Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("environment variable name=" + name + " value=" + value
                        + " cannot be: the name is empty or holds '=', or one of them holds a NUL");
            }
        });
    }

    /**
     * The most heap of each worker; by default the workers share four fifths of the machine's memory, and none
     * takes more than a quarter.
     *
     * @param size as {@code -Xmx} takes it: {@code 512m}, {@code 4g}
     * @throws IllegalArgumentException when it is not of that form
     */
    public PoolBuilder maxHeap(String size) {
        MemorySize.bytes("maxHeap", size);
        maxHeap = size;
        return wants("maxHeap", Capability.JVM_OPTIONS);
    }

    /**
     * The working directory of the workers; this process's own by default.
     *
     * @throws IllegalArgumentException when it is no directory
     */
    public PoolBuilder directory(Path workingDirectory) {
        if (!Files.isDirectory(Objects.requireNonNull(workingDirectory, "directory"))) {
            throw new IllegalArgumentException("directory=" + workingDirectory + " is not a directory");
        }
        directory = workingDirectory.toAbsolutePath();
        return wants("directory", Capability.LOCAL_FILES);
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
        return wants("output", Capability.OUTPUT);
    }

    /**
     * What every worker runs before its first item: to open a connection, to load a model. What it keeps in
     * {@code TaskContext.current().setState} is there for the tasks. When it throws, the pool's creation fails with that
     * as its cause.
     *
     * @param action runs in the workers; it must be serializable
     */
    public PoolBuilder initializer(RemoteRunnable action) {
        initializer = Objects.requireNonNull(action, "action");
        return wants("initializer", Capability.SETUP);
    }

    /**
     * What every worker runs after its last item, if it leaves by itself and is not killed.
     *
     * @param action runs in the workers; it must be serializable
     */
    public PoolBuilder finalizer(RemoteRunnable action) {
        finalizer = Objects.requireNonNull(action, "action");
        return wants("finalizer", Capability.SETUP);
    }

    /**
     * How many items a worker runs before another takes its place, which starts before it leaves; no bound by default.
     * Each replacement costs the start of a JVM, about half a second of CPU: with 1 each item does, so that this is for
     * items that take long, or that must not find what others left behind.
     *
     * @param items at least 1
     * @throws IllegalArgumentException when it is less than 1
     */
    public PoolBuilder maxTasksPerWorker(int items) {
        if (items < 1) {
            throw new IllegalArgumentException("maxTasksPerWorker=" + items + " is not at least 1");
        }
        maxTasksPerWorker = items;
        return wants("maxTasksPerWorker", Capability.REPLACEMENT);
    }

    /**
     * How much memory a worker may hold, resident or, where the system does not tell that, on its heap, before another
     * takes its place; looked at between chunks. No bound by default.
     *
     * @param size as {@link #maxHeap} takes it: {@code 512m}, {@code 4g}
     * @throws IllegalArgumentException when it is not of that form
     */
    public PoolBuilder maxWorkerMemory(String size) {
        maxWorkerBytes = MemorySize.bytes("maxWorkerMemory", size);
        return wants("maxWorkerMemory", Capability.REPLACEMENT);
    }

    /**
     * How long workers are kept when there is nothing to do; they start again with the next call. For ever by default,
     * and 5 minutes for a {@link #shared} pool.
     *
     * @param idle more than zero
     * @throws IllegalArgumentException when it is not
     */
    public PoolBuilder keepAlive(Duration idle) {
        Durations.checkPositive("keepAlive", idle);
        keepAlive = idle;
        return this;
    }

    /**
     * After how long a worker that gives no sign of life is taken for lost, killed and replaced; 15 seconds by default.
     * It gives six signs in that time. Longer finds a stopped worker later; shorter may take one for lost on a machine
     * that is overloaded.
     *
     * @param silence at least 100 ms
     * @throws IllegalArgumentException when it is less
     */
    public PoolBuilder lease(Duration silence) {
        if (Objects.requireNonNull(silence, "lease").compareTo(LEAST_LEASE) < 0) {
            throw new IllegalArgumentException("lease=" + silence + " is not at least " + LEAST_LEASE);
        }
        lease = silence;
        return this;
    }

    /** Who hears of what happens in the pool, on a thread of its own; nobody by default. */
    public PoolBuilder listener(PoolListener hearer) {
        listener = Objects.requireNonNull(hearer, "hearer");
        return this;
    }

    /** As {@link CallOptions#chunkSizing}, for all calls of the pool. */
    public PoolBuilder chunkSizing(ChunkSizing sizing) {
        calls = calls.chunkSizing(sizing);
        return this;
    }

    /** As {@link CallOptions#taskTimeout}, for all calls of the pool. */
    public PoolBuilder taskTimeout(Duration limit) {
        calls = calls.taskTimeout(limit);
        return this;
    }

    /** As {@link CallOptions#taskTimeoutFactor}, for all calls of the pool. */
    public PoolBuilder taskTimeoutFactor(double factor) {
        calls = calls.taskTimeoutFactor(factor);
        return this;
    }

    /** As {@link CallOptions#cancelGrace}, for all calls of the pool. */
    public PoolBuilder cancelGrace(Duration grace) {
        calls = calls.cancelGrace(grace);
        return this;
    }

    /** As {@link CallOptions#retries}, for all calls of the pool. */
    public PoolBuilder retries(int count) {
        calls = calls.retries(count);
        return this;
    }

    /** As {@link CallOptions#retryIf}, for all calls of the pool. */
    public PoolBuilder retryIf(RemotePredicate<? super Throwable> predicate) {
        calls = calls.retryIf(predicate);
        return this;
    }

    /** As {@link CallOptions#retryBackoff}, for all calls of the pool. */
    public PoolBuilder retryBackoff(Duration first) {
        calls = calls.retryBackoff(first);
        return this;
    }

    /** As {@link CallOptions#crashRetries}, for all calls of the pool. */
    public PoolBuilder crashRetries(int count) {
        calls = calls.crashRetries(count);
        return this;
    }

    /** As {@link CallOptions#atMostOnce}, for all calls of the pool. */
    public PoolBuilder atMostOnce() {
        calls = calls.atMostOnce();
        return this;
    }

    /** As {@link CallOptions#maxInFlight}, for each call of the pool. */
    public PoolBuilder maxInFlight(long items) {
        calls = calls.maxInFlight(items);
        return this;
    }

    /** As {@link CallOptions#maxInFlightBytes}, for each call of the pool. */
    public PoolBuilder maxInFlightBytes(long bytes) {
        calls = calls.maxInFlightBytes(bytes);
        return this;
    }

    /** As {@link CallOptions#seed}, for all calls of the pool. */
    public PoolBuilder seed(long value) {
        calls = calls.seed(value);
        return this;
    }

    /** As {@link CallOptions#progress()}, for all calls of the pool. */
    public PoolBuilder progress() {
        calls = calls.progress();
        return this;
    }

    /** As {@link CallOptions#progress(Progress)}, for all calls of the pool. */
    public PoolBuilder progress(Progress shown) {
        calls = calls.progress(shown);
        return this;
    }

    /**
     * Where the workers come from; processes of this host by default. Options that it cannot provide for make the pool's
     * creation fail, by their names.
     */
    public PoolBuilder backend(Backend source) {
        backend = Objects.requireNonNull(source, "backend");
        return this;
    }

    /**
     * Takes the workers of a cluster instead of processes of this host: as many as its coordinator gives, or
     * {@link #workers} at most. The class path travels there.
     *
     * @param uri {@code farm://HOST[:PORT][?certs=DIRECTORY]}; port 7373 if none is given. The directory holds
     *     {@code ca.pem}, {@code client.pem}, {@code client.key} and {@code client.token}, as {@code farm certs} makes them; it is
     *     that which the environment variable {@code FARM_CERTS} names, or {@code certs}, if none is given. With
     *     {@code tls=off} a coordinator of this host is dialled that has no TLS.
     * @throws IllegalArgumentException when it is no such address, or one of those files cannot be used
     */
    public PoolBuilder farm(String uri) {
        try {
            return backend(JoinedBackend.to(FarmUri.parse(uri)));
        } catch (SecuritySetupException e) {
            throw new IllegalArgumentException("farm=" + uri + ": " + e.getMessage(), e.getCause()); // not its words twice
        }
    }

    private PoolBuilder wants(String option, Capability capability) {
        wanted.put(option, capability);
        return this;
    }

    /** Refuses options that a backend cannot provide. */
    static void checkCapabilities(Backend backend, Map<String, Capability> wanted) {
        Set<Capability> capabilities = backend.capabilities();
        wanted.forEach((option, capability) -> {
            if (!capabilities.contains(capability)) {
                throw new IllegalArgumentException("option=" + option + " is not to be had of backend="
                        + backend.name() + ": it cannot " + capability.verb()
                        + ". Leave the option out, or choose another backend.");
            }
        });
    }

    /**
     * Makes the pool, and waits for its first worker; the others go on starting meanwhile.
     *
     * @throws IllegalArgumentException when an option is not to be had of the {@link #backend}
     * @throws PoolBrokenException when no worker can be started, with the last lines of what one said; or when the
     *     initializer fails, with what it threw as the cause
     * @throws TaskSerializationException when the initializer or the finalizer cannot be serialized
     * @throws IllegalStateException when this JVM is a worker of a worker of a worker: see {@link Pool}
     */
    public Pool build() {
        return new Pool(options(Duration.ZERO), false);
    }

    /**
     * The pool of this JVM with these options; made when there is none that can be used. Where the number of
     * {@link #workers} was given and another is at work, it is resized. Options that are code of yours (initializer,
     * finalizer, listener, output, retryIf) are the same when they are the same object.
     *
     * @return a pool that {@link Pool#close} leaves open
     * @throws PoolBrokenException as {@link #build}
     * @see Pool#shared()
     */
    public Pool shared() {
        return SharedPools.INSTANCE.get(options(SharedPools.KEEP_ALIVE), workers > 0);
    }

    /** @param idle how long workers are kept where the user does not say */
    private PoolOptions options(Duration idle) {
        checkCapabilities(backend, wanted);
        checkCapabilities(backend, calls.needs());
        return new PoolOptions(workers > 0 ? workers : backend.defaultWorkers(), jvmArgs,
                Map.copyOf(environment), maxHeap, directory, classPath, maxPayloadBytes, output, calls, initializer,
                finalizer, maxTasksPerWorker, maxWorkerBytes, keepAlive == null ? idle : keepAlive, lease, listener,
                backend);
    }
}
