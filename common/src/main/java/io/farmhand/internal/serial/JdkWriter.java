package io.farmhand.internal.serial;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of JDK serialization that remembers the objects it began last: if it cannot go on, they are suspect. */
final class JdkWriter extends ObjectOutputStream {
    /** A power of two. Larger finds a culprit that had many parts; smaller costs less for every value. */
    private static final int REMEMBERED = 32;
    /** Where the JDK writes the exception that ends a stream into it, as the last object. */
    private static final String LAST_WORDS = "writeFatalException";
    /** This class's two methods, the one that writes any object, and that one. */
    private static final int FRAMES_TO_LAST_WORDS = 4;

    private final @Nullable Object[] recent = new @Nullable Object[REMEMBERED];
    private int begun;
    private boolean failed;

    JdkWriter(OutputStream out) throws IOException {
        super(out);
        enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
        failed = failed || (object instanceof IOException && isLastWord());
        if (!failed) { // else the exception's own parts would be suspect
            recent[begun++ & (REMEMBERED - 1)] = object;
        }
        return StandIn.replace(object);
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
