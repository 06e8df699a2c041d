package io.farmhand.cli;

import io.farmhand.RemoteTaskException;
import io.farmhand.cli.input.Input;
import io.farmhand.cli.output.ErrorText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells failures to people, on standard error: of an item with the user's part of the remote stack. */
final class FailureReport {
    private static final String OUR_FRAMES = FailureReport.class.getPackageName() + ".";

    private FailureReport() {}

    /**
     * Prints what became of one item.
     *
     * @param console where to
     * @param input which
     * @param error as the worker threw it, or what befell the worker
     */
    static void printItem(Console console, Input input, Throwable error) {
        if (console.ending().getAsBoolean()) {
            return;
        }
        RemoteTaskException where = placeOf(error);
        console.error().println("farm: item " + input.index() + " (" + Preview.of(input) + ") failed"
                + (where == null ? "" : " on worker " + where.worker()) + ": " + text(error));
    }

    /** Prints why the run cannot go on: for the failures we know, without the stack. */
    static void printFatal(Console console, Throwable error) {
        if (console.ending().getAsBoolean()) {
            return;
        }
        String message = error.getMessage();
        console.error().println("farm: "
                + (error instanceof UncheckedIOException && message != null ? message : text(error)));
    }

    private static @Nullable RemoteTaskException placeOf(Throwable error) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = error; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof RemoteTaskException remote) {
                return remote;
            }
        }
        return null;
    }

    /** The error and its causes with the user's frames, without the note of where it came from. */
    private static String text(Throwable error) {
        try {
            String message = error.getMessage();
            if (ErrorText.isOurs(error) && message != null) {
                return message;
            }
            trim(error, Collections.newSetFromMap(new IdentityHashMap<>()));
            StringWriter writer = new StringWriter();
            error.printStackTrace(new PrintWriter(writer, true));
            String text = writer.toString();
            int note = text.lastIndexOf("Caused by: " + RemoteTaskException.class.getName());
            return (note < 0 ? text : text.substring(0, note)).stripTrailing();
        } catch (RuntimeException | StackOverflowError e) {
            // An exception is the user's code, and may fail to describe itself.
            return error.getClass().getName() + " (which failed to describe itself: " + e.getClass().getName() + ")";
        }
    }

    /** Cuts off the frames that called the user's method: they are ours and the same for each item. */
    private static void trim(@Nullable Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] frames = error.getStackTrace();
        for (int i = 0; i < frames.length; i++) {
            if (frames[i].getClassName().startsWith(OUR_FRAMES)) {
                error.setStackTrace(Arrays.copyOf(frames, i));
                break;
            }
        }
        trim(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            trim(suppressed, seen);
        }
    }
}
