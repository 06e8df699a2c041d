package io.farmhand;

/**
 * An item's worker died each time that it ran the item. The message has the exit status, its likely cause, what to do
 * and the last lines of the worker's stderr.
 */
public final class WorkerCrashedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long index;
    private final String preview;
    private final int worker;
    private final int attempts;
    private final int exitCode;

    WorkerCrashedException(String message, long index, String preview, int worker, int attempts, int exitCode) {
        super(message);
        this.index = index;
        this.preview = preview;
        this.worker = worker;
        this.attempts = attempts;
        this.exitCode = exitCode;
    }

    /** The index of the item in its job, from 0; -1 when the job's function is to blame. */
    public long index() {
        return index;
    }

    /** The item as text, cut short; empty for a task without an argument. */
    public String preview() {
        return preview;
    }

    /** The number of the last worker that died. */
    public int worker() {
        return worker;
    }

    /** How many workers died of it. */
    public int attempts() {
        return attempts;
    }

    /** The exit status of the last worker: 128 and the signal's number when a signal ended it. */
    public int exitCode() {
        return exitCode;
    }
}
