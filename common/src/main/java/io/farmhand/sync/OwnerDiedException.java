package io.farmhand.sync;

/**
 * The process that held a lock, or had taken something over, ended before it gave it back: what it was at may be half
 * done.
 */
public final class OwnerDiedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what was held, and what is known of the holder */
    public OwnerDiedException(String message) {
        super(message);
    }
}
