package io.farmhand.internal.dispatch;

import java.nio.ByteBuffer;

/** A farm broke before its first worker was ready. */
public final class FarmBrokenException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ByteBuffer failure;

    /**
     * @param message why
     * @param failure what the initializer threw, encoded; without bytes when that is not the cause
     */
    public FarmBrokenException(String message, ByteBuffer failure) {
        super(message);
        this.failure = failure;
    }

    /** What the initializer threw, encoded; without bytes when that is not the cause. */
    public ByteBuffer failure() {
        return failure;
    }
}
