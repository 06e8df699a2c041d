package io.farmhand.internal.process;

/** Why a worker process ended, as far as its exit status tells. */
public enum ExitCause {
    /** It could not be started at all. */
    NOT_STARTED("The process could not be started: is there a JVM, are there descriptors and processes left?"),
    /** Status 0. */
    LEFT("It left without being told to: the task or a library called System.exit(0) or Runtime.halt(0)."),
    /** The JVM said that it ran out of memory, and was told to exit then (-XX:+ExitOnOutOfMemoryError: status 3). */
    OUT_OF_MEMORY("Probably out of memory: raise maxHeap (--max-heap), send smaller items, or use fewer workers."),
    /** SIGKILL. */
    KILLED("It was killed. Often the OS does so for memory: lower maxHeap (--max-heap) or use fewer workers."),
    /** SIGABRT, SIGSEGV, SIGBUS, SIGILL or SIGFPE: the JVM or a native library crashed. */
    NATIVE_CRASH("The JVM or a native library crashed."),
    /** Another signal. */
    SIGNALLED("Another process sent it a signal."),
    /** One of ours: the worker met a bug or could not join. */
    BROKEN("The worker itself failed; its stderr says how."),
    /** Any other status, of a worker that had a task. */
    EXITED("The task or a library called System.exit or Runtime.halt."),
    /** Any other status, of a worker that had none. */
    EXITED_IDLE(
            "The JVM could not start, as with a wrong option, or a thread that a task had left called System.exit.");

    private static final int SIGNAL_BASE = 128;
    private static final int OUT_OF_MEMORY_STATUS = 3;
    /** HotSpot says "Terminating due to java.lang.OutOfMemoryError: Java heap space" before it exits. */
    private static final String OUT_OF_MEMORY_WORDS = "java.lang.OutOfMemoryError";
    private static final int WORKER_ORPHANED = 70;
    private static final int WORKER_BROKEN = 71;

    private final String hint;

    ExitCause(String hint) {
        this.hint = hint;
    }

    /** One sentence on the likely cause and what to do. */
    public String hint() {
        return hint;
    }

    /**
     * Reads an exit status as {@link Process#exitValue} gives it: a signal is 128 and its number.
     *
     * @param status the exit status
     * @param said the last lines of what it printed; status 3 alone may be a task's own
     * @param isIdle whether it had no task
     */
    public static ExitCause of(int status, String said, boolean isIdle) {
        ExitCause other = isIdle ? EXITED_IDLE : EXITED;
        return switch (status) {
            case 0 -> LEFT;
            case OUT_OF_MEMORY_STATUS -> said.contains(OUT_OF_MEMORY_WORDS) ? OUT_OF_MEMORY : other;
            case WORKER_ORPHANED, WORKER_BROKEN -> BROKEN;
            case SIGNAL_BASE + 9 -> KILLED;
            case SIGNAL_BASE + 4, SIGNAL_BASE + 6, SIGNAL_BASE + 7, SIGNAL_BASE + 8, SIGNAL_BASE + 11 -> NATIVE_CRASH;
            default -> status > SIGNAL_BASE && status < SIGNAL_BASE + 65 ? SIGNALLED : other;
        };
    }
}
