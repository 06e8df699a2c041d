package io.farmhand.internal.serial;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a value could not be serialized, and by which way the culprit hangs on it.
 *
 * <p>It walks the value's object graph, which costs time only after a failure. It does not throw, and asks no object
 * of the user for its {@code toString}, {@code equals} or {@code hashCode}.
 */
public final class Explainer {
    /** What stays in its process though what belongs to it travels. */
    private static final Pattern OUR_HANDLES = Pattern.compile("io\\.farmhand\\.(internal\\.)?(sync|socket)\\.\\w+");

    private static final int MAX_CAUSES = 20;
    private static final int MAX_MESSAGE_CHARS = 200;

    private static final String FOR_CAPTURED_THIS = "The code captured 'this': copy the fields that it uses to local"
            + " variables first and use those, or make its method static. What it needs must be Serializable, or be"
            + " made inside the function.";

    private Explainer() {}

    /**
     * The way from a value to what keeps it from being serialized.
     *
     * @param root the value
     * @param failure what serialization threw
     * @return such as {@code lambda at Report.java:41 -> captured 'connection' -> org.postgresql.PgConnection}
     */
    public static String explain(@Nullable Object root, Throwable failure) {
        return diagnose(root, failure, List.of()).path();
    }

    /**
     * The way to the culprit, what is the matter with it, and what to do.
     *
     * @param recent the objects on which serialization was begun last, the latest first, as far as known
     */
    static Diagnosis diagnose(@Nullable Object root, Throwable failure, List<Object> recent) {
        try {
            return root == null ? plain(null) : diagnoseObject(root, failure, recent);
        } catch (OutOfMemoryError | StackOverflowError | RuntimeException | LinkageError e) {
            // An explanation is a courtesy: the failure itself is the cause of the exception and tells the rest.
            return plain(root);
        }
    }

    private static Diagnosis plain(@Nullable Object root) {
        return new Diagnosis(Names.of(root), "cannot be serialized", "The cause says why.");
    }

    private static Diagnosis diagnoseObject(Object root, Throwable failure, List<Object> recent) {
        Object last = recent.isEmpty() ? null : recent.getFirst();
        HostBoundException hostBound = hostBound(failure);
        if (hostBound != null) {
            GraphPath path = find(root, hostBound.culprit());
            return new Diagnosis(path == null ? Names.of(root) + " -> … -> what it holds" : path.words(),
                    hostBound.complaint(), hostBound.advice());
        }
        if (failure instanceof StackOverflowError) {
            GraphPath path = findSame(root, last);
            return new Diagnosis(path == null ? Names.of(root) : path.words(),
                    "is nested so deeply that the stack overflowed",
                    "Flatten it, say a chain of objects into a list, or check that its writeObject comes to an end.");
        }
        NotSerializableException refusal = refusal(failure);
        if (refusal != null) {
            return notSerializable(root, refusal, last);
        }
        return threw(root, failure, recent);
    }

    private static Diagnosis notSerializable(Object root, NotSerializableException refusal, @Nullable Object last) {
        String name = refusal.getMessage();
        GraphPath path = null;
        Object suspect = last instanceof Serializable ? null : last;
        if (suspect != null) {
            path = findSame(root, suspect);
        }
        if (path == null) {
            path = find(root, object -> !(object instanceof Serializable) && object.getClass().getName().equals(name));
        }
        String words = path == null
                ? Names.of(root) + " -> … -> " + (suspect == null ? name : Names.of(suspect))
                : path.words();
        Object culprit = path == null ? suspect : path.object();
        if (culprit != null && Names.isLambda(culprit.getClass())) {
            return new Diagnosis(words, "is not Serializable",
                    "Declare its type as an interface that extends Serializable, such as RemoteFunction,"
                            + " or create it inside the function.");
        }
        if (path != null && path.passesThis()) {
            return new Diagnosis(words, "is not Serializable", FOR_CAPTURED_THIS);
        }
        if (name != null && OUR_HANDLES.matcher(name).matches()) {
            return new Diagnosis(words, "is not Serializable",
                    "It stays in the process that made it. Capture what others use of it: one end of a Pipe"
                            + " (Connection end = pipe.second()), the address of a Listener, a handle.");
        }
        return new Diagnosis(words, "is not Serializable",
                "Make it Serializable, mark the field transient, or create it inside the function.");
    }

    private static Diagnosis threw(Object root, Throwable failure, List<Object> recent) {
        StackTraceElement frame = serializationFrame(failure);
        GraphPath path;
        if (frame == null) {
            path = recent.isEmpty() ? null : findSame(root, recent.getFirst());
        } else {
            // What was begun last may be a part of the culprit that was written well.
            String culprit = frame.getClassName();
            Object suspect = recent.stream().filter(object -> isA(object.getClass(), culprit)).findFirst().orElse(null);
            path = findSame(root, suspect);
            if (path == null) {
                path = find(root, object -> isA(object.getClass(), culprit));
            }
        }
        String words = path != null
                ? path.words()
                : frame == null ? Names.of(root) : Names.of(root) + " -> … -> " + frame.getClassName();
        String complaint = "threw " + Names.of(failure.getClass()) + " while it was written"
                + (frame == null ? "" : ", at " + frame) + ": " + message(failure);
        return new Diagnosis(words, complaint,
                "Correct that code, mark the field transient, or create the object inside the function.");
    }

    @SuppressWarnings("ReferenceEquality") // This very object: its equals is user code.
    private static @Nullable GraphPath findSame(Object root, @Nullable Object part) {
        return part == null ? null : find(root, object -> object == part);
    }

    /** Searches the way that serialization goes first; then transient fields too, which a writeObject may write. */
    private static @Nullable GraphPath find(Object root, Predicate<Object> wanted) {
        GraphPath path = GraphSearch.find(root, wanted, false);
        return path == null ? GraphSearch.find(root, wanted, true) : path;
    }

    /** A handle's word that it is of no use where it was to go; a writeObject may have wrapped it. */
    private static @Nullable HostBoundException hostBound(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof HostBoundException hostBound) {
                return hostBound;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** The JDK's own word that an object is not serializable; a writeObject may have wrapped it. */
    private static @Nullable NotSerializableException refusal(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof NotSerializableException refusal && isFromJdk(refusal)) {
                return refusal;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** Some classes throw it in a writeObject of their own, to forbid what they inherit. */
    private static boolean isFromJdk(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return stack.length == 0 || stack[0].getClassName().startsWith("java.io.");
    }

    /** The place in a class's own serialization code from which the failure came: the user's, or else the JDK's. */
    private static @Nullable StackTraceElement serializationFrame(Throwable failure) {
        StackTraceElement ofJdk = null;
        for (StackTraceElement frame : failure.getStackTrace()) {
            boolean hook = switch (frame.getMethodName()) {
                case "writeObject", "writeReplace", "writeExternal" -> true;
                default -> false;
            };
            if (hook && !frame.getClassName().startsWith("java.")) {
                return frame;
            }
            if (hook && ofJdk == null && !frame.getClassName().equals(ObjectOutputStream.class.getName())) {
                ofJdk = frame;
            }
        }
        return ofJdk;
    }

    private static boolean isA(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (each.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String message(Throwable failure) {
        return Preview.line(Objects.requireNonNullElse(failure.getMessage(), "no message"), MAX_MESSAGE_CHARS);
    }
}
