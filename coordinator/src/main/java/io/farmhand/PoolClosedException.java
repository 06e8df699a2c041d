package io.farmhand;

/** The pool was closed, before the call or while it was under way. */
public final class PoolClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    PoolClosedException(String message) {
        super(message);
    }
}
