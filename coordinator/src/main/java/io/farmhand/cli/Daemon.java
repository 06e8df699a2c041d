package io.farmhand.cli;

import io.farmhand.internal.jvm.Signals;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What the commands have in common that run until they are told to end. Stateless. */
final class Daemon {
    private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

    private Daemon() {}

    /** Makes the log one line for each record, with the time first; before anything is logged. */
    static void logLines() {
        if (System.getProperty(LOG_FORMAT) == null) {
            System.setProperty(LOG_FORMAT, "%1$tFT%1$tT.%1$tL%1$tz %4$s %5$s%6$s%n");
        }
    }

    /**
     * Waits until it has ended.
     *
     * @param end called at each SIGTERM and SIGINT
     * @param ended completes with the end
     * @throws Exception what it ended by
     */
    @SuppressWarnings("ThrowSpecificExceptions")
    static void await(Runnable end, CompletableFuture<?> ended) throws Exception {
        Signals.onTerminate(end);
        Signals.onInterrupt(end);
        try {
            ended.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
