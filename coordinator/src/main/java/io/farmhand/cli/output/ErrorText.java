package io.farmhand.cli.output;

import io.farmhand.RemoteTaskException;
import io.farmhand.cli.task.InputException;

/** What errors say of themselves. Stateless. */
public final class ErrorText {
    private ErrorText() {}

    /** Whether it is one of our own exceptions, whose messages say it all. */
    public static boolean isOurs(Throwable error) {
        return error instanceof InputException
                || error.getClass().getPackageName().equals(RemoteTaskException.class.getPackageName());
    }

    /** In one line, for tables: the class and the message; of our own exceptions the message alone, which says it all. */
    static String of(Throwable error) {
        try {
            return isOurs(error) ? String.valueOf(error.getMessage()) : error.toString();
        } catch (RuntimeException | StackOverflowError e) {
            // An exception is the user's code, and may fail to describe itself.
            return error.getClass().getName();
        }
    }
}
