package io.farmhand;

import io.farmhand.internal.gather.Run;
import java.util.concurrent.CancellationException;

/** Makes and throws what callers see. Stateless. */
final class Failures {
    /** Longer cause chains than this are taken for a circle. */
    private static final int MOST_CAUSES = 100;

    private Failures() {}

    /**
     * Throws a throwable as it is, checked or not: a task's exception reaches the caller as the type it was thrown as.
     *
     * @return never; so that the compiler sees the end
     */
    static RuntimeException asItIs(Throwable thrown) {
        return Failures.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Puts where a remote exception came from at the end of its causes, or, where that is taken, beside it. */
    static void attach(Throwable thrown, RemoteTaskException origin) {
        try {
            Throwable root = thrown;
            for (int i = 0; i < MOST_CAUSES && root.getCause() != null; i++) {
                root = root.getCause();
            }
            root.initCause(origin);
        } catch (Throwable e) { // its cause was set to null for good, or its class will have none
            thrown.addSuppressed(origin);
        }
    }

    /** What the caller of a job that failed as a whole sees. */
    static RuntimeException of(Run.JobFailed failed) {
        return switch (failed.reason()) {
            case CANCELLED -> new CancellationException(failed.message());
            case CLOSED -> new PoolClosedException(failed.message());
            case BROKEN -> new PoolBrokenException(failed.message());
            case FUNCTION_CRASHED -> new WorkerCrashedException(failed.message(), -1, "", failed.worker(), 1,
                    failed.exitCode());
        };
    }
}
