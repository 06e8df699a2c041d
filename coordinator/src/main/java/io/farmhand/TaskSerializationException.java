package io.farmhand;

import org.jspecify.annotations.Nullable;

/**
 * A function, an argument or a result could not be written, or could not be read on the other side, or is too long.
 * The message names the path to what is to blame and says what to do.
 */
public final class TaskSerializationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Where on its way it happened. */
    public enum Stage {
        /** Writing the function, on the caller's side. */
        FUNCTION_OUT,
        /** Reading the function, in the worker. */
        FUNCTION_IN,
        /** Writing an argument, on the caller's side. */
        ARGUMENT_OUT,
        /** Reading an argument, in the worker. */
        ARGUMENT_IN,
        /** Writing a result, in the worker. */
        RESULT_OUT,
        /** Reading a result, on the caller's side. */
        RESULT_IN
    }

    private final Stage stage;
    private final long index;

    TaskSerializationException(Stage stage, long index, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.stage = stage;
        this.index = index;
    }

    /** Where on its way it happened. */
    public Stage stage() {
        return stage;
    }

    /** The index of the item in its job, from 0; -1 when it is the function. */
    public long index() {
        return index;
    }
}
