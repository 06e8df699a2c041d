package io.farmhand.internal.serial;

/** A value that cannot be serialized; the message names the path to what stands in the way and says what to do. */
public class UnwritableValueException extends Exception {
    private static final long serialVersionUID = 1;

    private final String path;

    UnwritableValueException(String message, String path, Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /** The way from the value to the culprit, as {@link Explainer#explain} gives it. */
    public String path() {
        return path;
    }
}
