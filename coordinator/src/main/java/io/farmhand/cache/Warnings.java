package io.farmhand.cache;

import io.farmhand.internal.observe.Screen;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the log is told of a cache. A concurrent set knows what it was told before. To load this is to start logging. */
final class Warnings {
    private static final System.Logger LOG = System.getLogger(Memory.class.getName());
    /** More are not told from what was told before: a program that makes functions without end must not fill the heap. */
    private static final int MOST_KNOWN = 1000;
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private Warnings() {}

    /** Tells it; where it comes from, when debugging only. */
    static void warn(String message, @Nullable Throwable cause) {
        log(System.Logger.Level.WARNING, message, null);
        debug("where the last warning came from", cause);
    }

    static void debug(String message, @Nullable Throwable cause) {
        log(System.Logger.Level.DEBUG, message, cause);
    }

    /** Tells it once in this JVM, and further ones of the same kind when debugging only. */
    static void once(String kind, String message, @Nullable Throwable cause) {
        if (TOLD.size() < MOST_KNOWN && TOLD.add(kind)) {
            warn(message, cause);
        } else {
            debug(message, cause);
        }
    }

    private static void log(System.Logger.Level level, String message, @Nullable Throwable cause) {
        if (LOG.isLoggable(level)) {
            Screen.aboveBars(() -> LOG.log(level, message, cause));
        }
    }
}
