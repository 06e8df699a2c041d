package io.farmhand;

import org.jspecify.annotations.Nullable;

/**
 * The pool can run nothing any more: its workers cannot be started, or die again and again without any item to blame,
 * or its initializer failed. The message has the last worker's end; the cause is what the initializer threw, if it did.
 */
public final class PoolBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PoolBrokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
