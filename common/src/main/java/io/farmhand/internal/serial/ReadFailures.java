package io.farmhand.internal.serial;

import io.farmhand.sync.HandleClosedException;
import java.io.EOFException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.OptionalDataException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts into words why JDK deserialization stopped: what happened, the likely cause, what to do. */
final class ReadFailures {
    private static final int MAX_MESSAGE_CHARS = 300;

    private static final List<String> OURS = List.of(JdkReader.class.getName(), ResultFilter.class.getName(),
            RegionInputStream.class.getName());
    private static final int MAX_CAUSES = 10;

    private static final String WHERE_CLASSES_ARE = ". Put the jar or directory that has it on the class path here too."
            + " A class that exists in memory only, as of a single-file source program or of jshell, comes along if the"
            + " function, its arguments, or a class that came along names it; one that is found by its name at run time"
            + " does not: name it in the function.";

    /** As {@code $deserializeLambda$}, which javac makes, puts it. */
    private static final String LOST_LAMBDA = "lambda deserialization";

    private ReadFailures() {}

    /** The exception for the user. It asks the failure for its message, which may be user code, but survives that. */
    static UnreadableValueException of(Throwable failure, @Nullable ResultFilter filter) {
        String rejection = filter == null ? null : filter.rejection();
        String text = "Cannot read a value: " + (rejection == null ? words(failure) : rejected(rejection));
        return new UnreadableValueException(text, failure);
    }

    /** The exception for a value that was refused though user code kept quiet about it. */
    static UnreadableValueException rejectedQuietly(String rejection) {
        return new UnreadableValueException("Cannot read a value: " + rejected(rejection), null);
    }

    private static String rejected(String rejection) {
        return "it was rejected by the filter for what workers send: " + rejection;
    }

    private static String words(Throwable failure) {
        String message = message(failure);
        if (failure instanceof ClassNotFoundException) {
            return "its class is missing in this JVM, class=" + message + WHERE_CLASSES_ARE;
        }
        if (failure instanceof NoClassDefFoundError) {
            return "a class that its class needs is missing in this JVM, class=" + message.replace('/', '.')
                    + WHERE_CLASSES_ARE;
        }
        if (failure instanceof InvalidClassException && message.contains("serialVersionUID")) {
            return "its class differs between the two JVMs (" + message
                    + "). Run the same build on both sides, or declare a serialVersionUID and keep it.";
        }
        if (failure instanceof InvalidClassException) {
            return "its class cannot be deserialized (" + message
                    + "). Check that the first superclass that is not Serializable has a constructor without arguments,"
                    + " and that both JVMs run the same build.";
        }
        if (failure instanceof StackOverflowError) {
            return "it is nested so deeply that the stack overflowed" + at(failure)
                    + ". Send it in a flatter form, such as arrays or lists of records.";
        }
        if (failure instanceof StreamCorruptedException || failure instanceof EOFException
                || failure instanceof OptionalDataException) {
            return "its bytes are cut short or damaged (" + Names.of(failure.getClass()) + ": " + message
                    + "). Or a readObject method reads other than what its writeObject writes" + at(failure) + ".";
        }
        if (failure instanceof UnsupportedClassVersionError) {
            return "a class that came along with it is for another Java than this JVM's (" + message
                    + "). Run the same Java on both sides; for preview features give workers jvmArgs(\"--enable-preview\").";
        }
        if (isLostLambda(failure)) {
            return "the class that a lambda was written in has no such lambda in this JVM (" + message
                    + "). Run the same build on both sides.";
        }
        HandleClosedException gone = goneHandle(failure);
        if (gone != null) {
            return "a handle in it means nothing any more. " + gone.getMessage();
        }
        Throwable cause = failure.getCause();
        String where = failure instanceof InvalidObjectException && cause != null ? at(cause) : at(failure);
        return "the code that rebuilds it (readObject, readResolve or a record's constructor) threw "
                + Names.of(failure.getClass()) + where + ": " + message
                + ". Correct that code, or what the value holds.";
    }

    private static @Nullable HandleClosedException goneHandle(Throwable failure) {
        for (Throwable cause : causes(failure)) {
            if (cause instanceof HandleClosedException gone) {
                return gone;
            }
        }
        return null;
    }

    private static boolean isLostLambda(Throwable failure) {
        return causes(failure).stream().anyMatch(cause -> message(cause).contains(LOST_LAMBDA));
    }

    /** A failure and its causes, the first of them only: they may be a circle. */
    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            causes.add(cause);
            cause = cause.getCause();
        }
        return causes;
    }

    /** The first place on the stack that is not the JDK's own, nor ours. */
    private static String at(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            String type = frame.getClassName();
            if (type.equals(ValueReader.class.getName())) {
                return "";
            }
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !OURS.contains(type)) {
                return " at " + frame;
            }
        }
        return "";
    }

    private static String message(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message == null ? "no message" : Preview.line(message, MAX_MESSAGE_CHARS);
        } catch (RuntimeException | StackOverflowError e) {
            return "its message cannot be had";
        }
    }
}
