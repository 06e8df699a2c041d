package io.farmhand;

import java.time.Duration;

/**
 * An item ran past its {@code taskTimeout}, and its worker was killed for it. The message has what the worker's
 * threads were at.
 */
public final class TaskTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long index;
    private final String preview;
    private final int worker;
    private final int attempts;
    private final Duration limit;
    private final Duration ran;
    private final String stacks;

    TaskTimeoutException(String message, long index, String preview, int worker, int attempts, Duration limit,
            Duration ran, String stacks) {
        super(message);
        this.index = index;
        this.preview = preview;
        this.worker = worker;
        this.attempts = attempts;
        this.limit = limit;
        this.ran = ran;
        this.stacks = stacks;
    }

    /** The index of the item in its job, from 0; -1 when reading the job's function took too long. */
    public long index() {
        return index;
    }

    /** The item as text, cut short; empty for a task without an argument, and when the job's function is to blame. */
    public String preview() {
        return preview;
    }

    /** The number of the worker. */
    public int worker() {
        return worker;
    }

    /** How often the item was begun. */
    public int attempts() {
        return attempts;
    }

    /** How long it was given. */
    public Duration limit() {
        return limit;
    }

    /** How long it had run. */
    public Duration ran() {
        return ran;
    }

    /** What the worker's threads were at when the time was over, the item's first; empty when it did not tell. */
    public String stacks() {
        return stacks;
    }
}
