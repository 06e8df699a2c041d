package io.farmhand.internal.serial;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stream of JDK serialization that remembers the objects it began last: if it cannot go on, they are suspect. */
final class JdkWriter extends ObjectOutputStream {
    /** A power of two. Larger finds a culprit that had many parts; smaller costs less for every value. */
    private static final int REMEMBERED = 32;
    /** Where the JDK writes the exception that ends a stream into it, as the last object. */
    private static final String LAST_WORDS = "writeFatalException";
    /** This class's two methods, the one that writes any object, and that one. */
    private static final int FRAMES_TO_LAST_WORDS = 4;
    /** How the names of classes begin that jshell makes of what is typed. */
    private static final String OF_SHELL = "REPL/$JShell$";

    private static final ClassLoader CLASS_PATH = ClassLoader.getSystemClassLoader();
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    private final @Nullable TravellingClasses classes;
    private final @Nullable Object[] recent = new @Nullable Object[REMEMBERED];
    /** Null while there is none. */
    private @Nullable ArrivingCode code;
    private int begun;
    private boolean failed;

    /** The code in what was written that its reader lacks, which may read variables that it has not captured. */
    private static final class ArrivingCode {
        final List<SerializedLambda> lambdas = new ArrayList<>();
        final Set<Class<?>> types = new LinkedHashSet<>();
        /** Whether the variables that all of it reads were written. */
        boolean settled;
    }

    /** @param classes that travel beside values; null if none do */
    JdkWriter(OutputStream out, @Nullable TravellingClasses classes) throws IOException {
        super(out);
        this.classes = classes;
        enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
        failed = failed || (object instanceof IOException && isLastWord());
        if (!failed) { // else the exception's own parts would be suspect
            recent[begun++ & (REMEMBERED - 1)] = object;
        }
        if (classes != null && object instanceof SerializedLambda lambda
                && lambda.getCapturingClass().startsWith(OF_SHELL)) {
            unsettledCode().lambdas.add(lambda);
        }
        return StandIn.replace(object);
    }

    /** Is asked about each class that is named in the stream, once. */
    @Override
    protected void annotateClass(Class<?> type) throws IOException {
        if (classes != null && !isOfClassPath(type)) {
            note(classes, type);
        }
    }

    @Override
    protected void annotateProxyClass(Class<?> proxy) throws IOException {
        if (classes == null) {
            return;
        }
        for (Class<?> each : proxy.getInterfaces()) {
            if (!isOfClassPath(each)) {
                note(classes, each);
                return; // one is as good as another
            }
        }
    }

    private void note(TravellingClasses travelling, Class<?> type) throws IOException {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        String note = travelling.note(element);
        if (note != null) {
            writeUTF(note);
            unsettledCode().types.add(element);
        }
    }

    private ArrivingCode unsettledCode() {
        ArrivingCode more = code == null ? new ArrivingCode() : code;
        more.settled = false;
        code = more;
        return more;
    }

    /** Writes what the code in the value needs besides, behind the value; more code may come with that. */
    void writeVariables() throws IOException {
        while (classes != null && code != null && !code.settled) {
            code.settled = true;
            List<StaticValue> variables = classes.variables(code.lambdas, code.types);
            if (!variables.isEmpty()) {
                writeObject(variables.toArray(StaticValue[]::new));
            }
        }
    }

    /** Whether every JVM with the same class path has a class; of an array that of its elements. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOfClassPath(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == CLASS_PATH || loader == PLATFORM;
    }

    private static boolean isLastWord() {
        return StackWalker.getInstance().walk(frames -> frames.limit(FRAMES_TO_LAST_WORDS)
                .anyMatch(frame -> frame.getMethodName().equals(LAST_WORDS)));
    }

    /** The objects on which writing was begun last, the latest first. */
    List<Object> recent() {
        List<Object> latestFirst = new ArrayList<>();
        for (int i = 1; i <= REMEMBERED; i++) {
            Object object = recent[(begun - i) & (REMEMBERED - 1)];
            if (object != null) {
                latestFirst.add(object);
            }
        }
        return latestFirst;
    }
}
