package io.farmhand.sync;

/** What was used has been closed by the process that made it, or that process has ended. */
public final class HandleClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** @param message what was closed, and why, as far as known */
    public HandleClosedException(String message) {
        super(message);
    }
}
