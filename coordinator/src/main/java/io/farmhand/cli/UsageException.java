package io.farmhand.cli;

/** A command line that cannot be run as it stands; its message, one line or a few, says what to change. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
