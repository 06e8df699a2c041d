package io.farmhand.backend;

/** What the workers of a backend can do, beside running chunks. */
public enum Capability {
    /** A worker can be ended whatever it is at: {@code taskTimeout}, {@code lease}. */
    KILL("end what does not end by itself"),
    /** It is told what a worker was at when it ended: {@code atMostOnce}, and who is charged with a crash. */
    PROGRESS("tell which item had begun when a worker ended"),
    /** Workers are JVMs of their own, started for the pool: {@code jvmArgs}, {@code maxHeap}. */
    JVM_OPTIONS("choose the options of its JVMs"),
    /** Variables for the workers' environment: {@code environment}. */
    ENVIRONMENT("set variables in the environment of its workers"),
    /** Workers see this host's files: {@code directory}. What workers send that do not is read strictly: they are elsewhere. */
    LOCAL_FILES("let its workers see the files of this host"),
    /** Workers see this host's shared memory: what {@code io.farmhand.shared} and {@code io.farmhand.sync} make may be sent. */
    SHARED_MEMORY("let its workers use the shared memory of this host"),
    /** What workers print comes here: {@code output}. */
    OUTPUT("pass on what its workers print"),
    /** A worker is replaced on demand: {@code maxTasksPerWorker}, {@code maxWorkerMemory}. */
    REPLACEMENT("replace a worker by a fresh one"),
    /** Workers run an initializer before the first item and a finalizer after the last. */
    SETUP("run an initializer and a finalizer in its workers");

    private final String verb;

    Capability(String verb) {
        this.verb = verb;
    }

    /** What it is to do, as in "the backend cannot ...". */
    public String verb() {
        return verb;
    }
}
