package io.farmhand.internal.worker;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** What the threads of this JVM are at, as text for a person. */
final class StackDump {
    /** Longer dumps are cut: they travel whole in one message. */
    static final int MAX_CHARS = 64 * 1024;
    /** Of a deeper stack only the top is shown, so that one endless recursion does not crowd out the rest. */
    private static final int MAX_FRAMES = 256;

    private StackDump() {}

    /** @param first the thread to begin with */
    static String of(Thread first) {
        Map<Thread, StackTraceElement[]> stacks = new HashMap<>(Thread.getAllStackTraces());
        StringBuilder text = new StringBuilder();
        StackTraceElement[] firstFrames = stacks.remove(first);
        if (firstFrames != null) {
            append(text, first, firstFrames);
        }
        stacks.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getKey().threadId()))
                .takeWhile(_ -> text.length() <= MAX_CHARS)
                .forEach(entry -> append(text, entry.getKey(), entry.getValue()));
        return text.length() <= MAX_CHARS ? text.toString() : text.substring(0, MAX_CHARS - 4) + "...\n";
    }

    private static void append(StringBuilder text, Thread thread, StackTraceElement[] frames) {
        text.append('"').append(thread.getName()).append('"')
                .append(thread.isDaemon() ? " daemon" : "")
                .append(" state=").append(thread.getState())
                .append('\n');
        for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
            text.append("    at ").append(frames[i]).append('\n');
        }
        if (frames.length > MAX_FRAMES) {
            text.append("    ... ").append(frames.length - MAX_FRAMES).append(" more\n");
        }
        text.append('\n');
    }
}
