package io.farmhand.internal.jvm;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A throwable as text, whatever its own code does. Stateless. */
public final class FailureText {
    /** Longer stacks and messages are cut: an error is not a data channel. */
    private static final int TEXT_CHARS = 64 * 1024;

    private FailureText() {}

    /** Its message, empty if it has none. */
    public static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : cut(message);
        } catch (Throwable e) {
            return "(its getMessage threw " + e.getClass().getName() + ")";
        }
    }

    /** Its stack, as {@code printStackTrace} has it. */
    public static String stack(Throwable thrown) {
        try {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return cut(text.toString());
        } catch (Throwable e) {
            return "(its printStackTrace threw " + e.getClass().getName() + ")";
        }
    }

    private static String cut(String text) {
        return text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS) + "...";
    }
}
