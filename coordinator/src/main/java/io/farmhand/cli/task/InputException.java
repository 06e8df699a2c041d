package io.farmhand.cli.task;

/** An input cannot be read as what the method takes; the message says why, and the stack would tell nothing. */
public final class InputException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** With a message for people. */
    public InputException(String message) {
        super(message);
    }
}
