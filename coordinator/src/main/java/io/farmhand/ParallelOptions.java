package io.farmhand;

import io.farmhand.Parallel.Backend;
import io.farmhand.ParallelReport.Console;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a {@link Parallel} was asked for, checked; null is no wish. */
record ParallelOptions(@Nullable Integer jobs, @Nullable Backend backend, @Nullable Integer batchSize,
        @Nullable PreDispatch preDispatch, @Nullable Duration timeout, @Nullable Integer verbose,
        @Nullable Console console) {
    static final ParallelOptions NONE = new ParallelOptions(null, null, null, null, null, null, null);

    /** These options, and for what they do not say those. */
    ParallelOptions over(ParallelOptions defaults) {
        return new ParallelOptions(
                jobs != null ? jobs : defaults.jobs,
                backend != null ? backend : defaults.backend,
                batchSize != null ? batchSize : defaults.batchSize,
                preDispatch != null ? preDispatch : defaults.preDispatch,
                timeout != null ? timeout : defaults.timeout,
                verbose != null ? verbose : defaults.verbose,
                console != null ? console : defaults.console);
    }

    /**
     * How many jobs run at once, after {@code PoolManagerMixin.effective_n_jobs} of joblib's
     * {@code _parallel_backends.py}: none asked for is 1, -1 is one for each core, -2 one less, and so on, at least 1.
     *
     * @param cores how many there are
     */
    int workers(int cores) {
        if (jobs == null) {
            return 1;
        }
        return jobs > 0 ? jobs : Math.max(cores + 1 + jobs, 1);
    }

    /**
     * Where to run when nobody says so, after {@code get_nested_backend} of joblib: processes at first, threads inside
     * a worker, the caller's thread inside of that, so that nesting multiplies neither JVMs nor threads.
     *
     * @param level how many backends are around the caller
     */
    Backend backend(int level) {
        if (backend != null) {
            return backend;
        }
        return switch (level) {
            case 0 -> Backend.PROCESSES;
            case 1 -> Backend.THREADS;
            default -> Backend.SEQUENTIAL;
        };
    }
}
