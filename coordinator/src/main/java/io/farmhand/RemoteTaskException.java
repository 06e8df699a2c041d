package io.farmhand;

/**
 * Says of an item that failed in a worker, or of a {@link JvmProcess} that failed, where that was. It stands at the end of the cause chain of the exception
 * that the function threw; where that exception cannot be rebuilt on this side, this one is thrown in its place and
 * holds it as text.
 */
public final class RemoteTaskException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long index;
    private final String preview;
    private final int worker;
    private final int attempt;
    private final String remoteType;
    private final String remoteStack;

    RemoteTaskException(String message, long index, String preview, int worker, int attempt, String remoteType,
            String remoteStack) {
        super(message);
        this.index = index;
        this.preview = preview;
        this.worker = worker;
        this.attempt = attempt;
        this.remoteType = remoteType;
        this.remoteStack = remoteStack;
    }

    /** The index of the item in its job, from 0; -1 when it was the pool's initializer or a {@link JvmProcess}. */
    public long index() {
        return index;
    }

    /** The item as text, cut short; empty for a task without an argument. */
    public String preview() {
        return preview;
    }

    /** The number of the worker; -1 where it is not known, or there is none. */
    public int worker() {
        return worker;
    }

    /** Which attempt at the item it was, from 1; 0 when it was the pool's initializer or a {@link JvmProcess}. */
    public int attempt() {
        return attempt;
    }

    /** The class name of what the function threw. */
    public String remoteType() {
        return remoteType;
    }

    /** The worker's stack, as {@code printStackTrace} has it there. */
    public String remoteStack() {
        return remoteStack;
    }
}
