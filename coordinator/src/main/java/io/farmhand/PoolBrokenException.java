package io.farmhand;

/**
 * The pool can run nothing any more: its workers cannot be started, or die again and again without any item to blame.
 * The message has the last worker's end.
 */
public final class PoolBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PoolBrokenException(String message) {
        super(message);
    }
}
