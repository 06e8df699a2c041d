package io.farmhand.internal.worker;

/** The coordinator did not let this worker in: it has closed, or it never asked for it. */
final class NotAdmittedException extends Exception {
    private static final long serialVersionUID = 1;

    NotAdmittedException(Throwable refusal) {
        super("the coordinator did not let this worker in: " + refusal.getMessage(), refusal);
    }
}
