package io.farmhand.internal.dispatch;

import io.farmhand.internal.observe.Screen;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Logs for the dispatcher on another thread, {@code farm-log}, in order: what receives a log record may be the user's
 * code, may wait, and may throw, none of which the dispatcher can bear. The thread lives while there is something to
 * log, one for the JVM.
 */
final class DeferredLog {
    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
    private static final ThreadPoolExecutor EXECUTOR = executor();

    private DeferredLog() {}

    private static ThreadPoolExecutor executor() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 100, TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().name("farm-log").daemon().factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Logs a message, soon; never throws. */
    static void log(System.Logger.Level level, String message, @Nullable Throwable cause) {
        try {
            EXECUTOR.execute(() -> Screen.aboveBars(() -> LOG.log(level, message, cause)));
        } catch (RuntimeException | Error e) {
            // No thread can be made for it: the farm goes on without a word.
            return;
        }
    }
}
