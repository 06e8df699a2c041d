package io.farmhand;

import io.farmhand.ParallelBackend.Plan;
import io.farmhand.ParallelBackend.Results;
import io.farmhand.ParallelReport.Console;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteTriFunction;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A loop whose turns run at the same time, as joblib's {@code Parallel}:
 *
 * <pre>{@code
 * List<Row> rows = Parallel.jobs(-1).run(lines.stream().map(line -> Parallel.delayed(Rows::transform, line)));
 * }</pre>
 *
 * <p>is, in Python, {@code Parallel(n_jobs=-1)(delayed(transform)(line) for line in lines)}. Names, defaults and rules
 * are those of joblib 1.6 ({@code joblib/parallel.py}) unless it says otherwise here.
 *
 * <p><b>Results</b> come as a list, or, by {@link #returnAs(Lazily)}, as a lazy stream: the return type of a method
 * cannot depend on a value, so the lazy ways are of another type than {@link Eagerly#LIST}, and give a {@link Streaming}.
 *
 * <p><b>Failures.</b> The first error by the order of the tasks is thrown as it is, also a checked one; what comes after
 * it is dropped. Results before it are delivered by the lazy ways. A stream that is closed, or that nobody holds any
 * more, cancels what is not done.
 *
 * <p><b>Nesting.</b> Inside a task, a {@code Parallel} that names no backend runs on threads of that worker, and on one
 * thread inside of those, as in joblib; without {@code jobs} it runs in the caller anyway. So nested calls multiply
 * neither JVMs nor threads. A backend that is named is used as it stands.
 *
 * <p>Immutable: each option gives another {@code Parallel}, which many threads may use at once.
 */
public final class Parallel {
    /** The {@link #batchSize} that Farmhand chooses by itself: joblib's {@code "auto"}. */
    public static final int AUTO = 0;

    private static final ScopedValue<ParallelOptions> DEFAULTS = ScopedValue.newInstance();

    private final ParallelOptions options;

    private Parallel(ParallelOptions options) {
        this.options = options;
    }

    /** Where tasks run. */
    public enum Backend {
        /** In worker JVMs: tasks and results are serialized, and a task can be killed or die alone. The default. */
        PROCESSES,
        /**
         * On platform threads of this JVM: nothing is serialized, everything is shared, nothing can be killed. For
         * thread-safe functions.
         */
        THREADS,
        /**
         * On virtual threads of this JVM: for many tasks that mostly wait. Those that compute hold the carriers that all
         * virtual threads of the JVM share.
         */
        VIRTUAL_THREADS,
        /** On the caller's thread, one after the other; for debugging. */
        SEQUENTIAL
    }

    /** Results all at once; the default. */
    public enum Eagerly {
        /** A list, in the order of the tasks, when all are done. */
        LIST
    }

    /** Results while tasks run. */
    public enum Lazily {
        /** A stream in the order of the tasks. */
        GENERATOR,
        /** A stream in the order in which they are done. */
        GENERATOR_UNORDERED
    }

    // ---- options ----

    /** Without any wish of its own: {@link #config} decides, or joblib's defaults. */
    public static Parallel create() {
        return new Parallel(ParallelOptions.NONE);
    }

    /**
     * How many tasks run at once: joblib's {@code n_jobs}.
     *
     * @param jobs from 1; -1 for one for each core, -2 for all cores but one, and so on, at least 1; null for no wish:
     *     what {@link #config} says, or else 1. With 1 tasks run in the caller, one after the other
     * @throws IllegalArgumentException when it is 0, which has no meaning
     */
    public static Parallel jobs(@Nullable Integer jobs) {
        if (jobs != null && jobs == 0) {
            throw new IllegalArgumentException(
                    "jobs=0 has no meaning (as n_jobs=0 in joblib): ask for 1 or more, or for"
                            + " -1, one for each core, or -2, all cores but one");
        }
        ParallelOptions none = ParallelOptions.NONE;
        return new Parallel(new ParallelOptions(jobs, none.backend(), none.batchSize(), none.preDispatch(),
                none.timeout(), none.verbose(), none.console()));
    }

    /** Where tasks run; with one job it is always the caller's thread. */
    public Parallel backend(Backend backend) {
        Objects.requireNonNull(backend, "backend");
        return with(new ParallelOptions(null, backend, null, null, null, null, null));
    }

    /**
     * How many tasks are sent, and done one after the other, at a time.
     *
     * @param tasks from 1, or {@link #AUTO}, the default: for processes by how long they take, for threads 1
     * @throws IllegalArgumentException when it is negative
     */
    public Parallel batchSize(int tasks) {
        if (tasks < 0) {
            throw new IllegalArgumentException("batchSize=" + tasks + " is neither AUTO nor at least 1");
        }
        return with(new ParallelOptions(null, null, tasks, null, null, null, null));
    }

    /**
     * How many batches of tasks are pulled from the input ahead. For a list they count until they are done, for a stream
     * until they are read, so that an endless input is read no further than that. The default is {@code "2*n_jobs"}.
     *
     * @param batches {@code "2*n_jobs"}, {@code "1.5*n_jobs"}, {@code "n_jobs*2"}, {@code "n_jobs"}, {@code "10"} or
     *     {@code "all"}
     * @throws IllegalArgumentException for anything else, with what was probably meant
     */
    public Parallel preDispatch(String batches) {
        return with(new ParallelOptions(null, null, null, PreDispatch.parse(batches), null, null, null));
    }

    /**
     * As {@link #preDispatch(String)}.
     *
     * @param batches at least 1
     * @throws IllegalArgumentException when it is less
     */
    public Parallel preDispatch(int batches) {
        return with(new ParallelOptions(null, null, null, PreDispatch.of(batches), null, null, null));
    }

    /**
     * How long each task may take from its start; without limit by default. In a process a late task is killed. On a
     * thread it is interrupted and fails with {@link TimeoutException} at once; in the caller it is interrupted and fails
     * so when it ends (joblib has no time-outs there).
     *
     * @throws IllegalArgumentException when it is not more than zero
     */
    public Parallel timeout(Duration timeout) {
        Durations.checkPositive("timeout", timeout);
        return with(new ParallelOptions(null, null, null, null, timeout, null, null));
    }

    /**
     * How much of its progress it prints, in the lines of joblib 1.2, by its rules.
     *
     * @param level 0, the default, for nothing; the more, the more often; above 10 after each batch; from 50 on to
     *     standard output in place of standard error
     * @throws IllegalArgumentException when it is negative
     */
    public Parallel verbose(int level) {
        if (level < 0) {
            throw new IllegalArgumentException("verbose=" + level + " is negative");
        }
        return with(new ParallelOptions(null, null, null, null, null, level, null));
    }

    /** For tests: where the lines of {@link #verbose} go, and their clock. */
    Parallel printingTo(Appendable out, LongSupplier nanoClock) {
        return with(new ParallelOptions(null, null, null, null, null, null, new Console(out, nanoClock)));
    }

    private Parallel with(ParallelOptions more) {
        return new Parallel(more.over(options));
    }

    /** Results as a list: the default. */
    public Parallel returnAs(Eagerly list) {
        Objects.requireNonNull(list, "list");
        return this;
    }

    /** Results as a stream. */
    public Streaming returnAs(Lazily order) {
        Objects.requireNonNull(order, "order");
        return new Streaming(this, order == Lazily.GENERATOR);
    }

    /**
     * Makes the options of a {@code Parallel} the default for what a block of code runs, as joblib's
     * {@code parallel_config}: for each option the innermost block that names it counts, and a {@code Parallel}'s own
     * option before all. The defaults are for this thread and those of its {@code StructuredTaskScope}s; they do not
     * reach tasks, except those that run in the caller, and end with the block, however it ends.
     *
     * <pre>{@code
     * Parallel.config(Parallel.jobs(-1).backend(THREADS)).run(() -> report(day));
     * }</pre>
     */
    public static Config config(Parallel defaults) {
        Objects.requireNonNull(defaults, "defaults");
        return new Config(defaults.options);
    }

    /** Scoped defaults; see {@link Parallel#config}. */
    public static final class Config {
        private final ParallelOptions options;

        private Config(ParallelOptions options) {
            this.options = options;
        }

        /** Runs a block with these defaults. */
        public void run(Runnable block) {
            scope().run(block);
        }

        /**
         * Runs a block with these defaults.
         *
         * @return what the block gives
         * @throws X what the block throws
         */
        public <R extends @Nullable Object, X extends Throwable> R call(
                ScopedValue.CallableOp<? extends R, X> block) throws X {
            return scope().call(block);
        }

        private ScopedValue.Carrier scope() {
            return ScopedValue.where(DEFAULTS, options.over(scoped()));
        }
    }

    private static ParallelOptions scoped() {
        return DEFAULTS.orElse(ParallelOptions.NONE);
    }

    // ---- tasks ----

    /** A call without arguments, for later. */
    public static <R extends @Nullable Object> Delayed<R> delayed(RemoteCallable<? extends R> function) {
        return new Delayed<>(function);
    }

    /** A call with one argument, for later. */
    public static <T extends @Nullable Object, R extends @Nullable Object> Delayed<R> delayed(
            RemoteFunction<T, R> function, T argument) {
        return new Delayed<>(Partial.of(function, argument));
    }

    /** A call with two arguments, for later. */
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Delayed<R> delayed(
            RemoteBiFunction<A, B, R> function, A first, B second) {
        return new Delayed<>(Partial.of(function, first, second));
    }

    /** A call with three arguments, for later. */
    public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object> Delayed<R> delayed(
            RemoteTriFunction<A, B, C, R> function, A first, B second, C third) {
        return new Delayed<>(Partial.of(function, first, second, third));
    }

    // ---- runs ----

    /**
     * Runs tasks and waits for them.
     *
     * @param tasks pulled on this thread, no further ahead than {@link #preDispatch}
     * @return their results, in the order of the tasks
     * @throws CancellationException when this thread is interrupted while it waits, or runs the tasks itself; its
     *     interrupt flag stays set
     * @throws RuntimeException the first task's error by order, as it is: also a checked one comes out here
     */
    public <R extends @Nullable Object> List<R> run(Stream<? extends Delayed<? extends R>> tasks) {
        return list(Input.of(tasks));
    }

    /** As {@link #run(Stream)}. */
    public <R extends @Nullable Object> List<R> run(Iterable<? extends Delayed<? extends R>> tasks) {
        return list(Input.of(tasks));
    }

    /** As {@link #run(Stream)}. */
    public <R extends @Nullable Object> List<R> run(Iterator<? extends Delayed<? extends R>> tasks) {
        return list(Input.of(tasks));
    }

    /** A {@link Parallel} that gives its results while tasks run. */
    public static final class Streaming {
        private static final Cleaner FORGOTTEN = Cleaner.create();

        private final Parallel parallel;
        private final boolean ordered;

        private Streaming(Parallel parallel, boolean ordered) {
            this.parallel = parallel;
            this.ordered = ordered;
        }

        /**
         * Begins to run tasks.
         *
         * @param tasks pulled on a thread of the run (in the caller, with one job), no further ahead of the stream's
         *     reader than {@link Parallel#preDispatch}; may be endless
         * @return the results; close it when it is not read to its end. A task's error is thrown from it
         */
        public <R extends @Nullable Object> Stream<R> run(Stream<? extends Delayed<? extends R>> tasks) {
            return stream(Input.of(tasks));
        }

        /** As {@link #run(Stream)}. */
        public <R extends @Nullable Object> Stream<R> run(Iterable<? extends Delayed<? extends R>> tasks) {
            return stream(Input.of(tasks));
        }

        /** As {@link #run(Stream)}. */
        public <R extends @Nullable Object> Stream<R> run(Iterator<? extends Delayed<? extends R>> tasks) {
            return stream(Input.of(tasks));
        }

        private <R extends @Nullable Object> Stream<R> stream(Input input) {
            Run<R> run = parallel.start(input, ordered, true);
            Results<R> results = run.results();
            Iterator<R> reader = new Reader<>(run);
            Cleaner.Cleanable _ = FORGOTTEN.register(reader, results::close); // which does not hold the reader
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(reader, ordered ? Spliterator.ORDERED : 0),
                    false).onClose(results::close);
        }
    }

    /** What the reader of a stream holds; when nobody does any more, the run is given up. */
    private record Reader<R extends @Nullable Object>(Run<R> run) implements Iterator<R> {
        @Override
        public boolean hasNext() {
            try {
                return run.hasNext();
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public R next() {
            try {
                return run.next();
            } finally {
                Reference.reachabilityFence(this);
            }
        }
    }

    private <R extends @Nullable Object> List<R> list(Input input) {
        Run<R> run = start(input, true, false);
        try {
            List<R> list = new ArrayList<>();
            run.forEachRemaining(list::add);
            return list;
        } finally {
            run.results().close();
        }
    }

    private <R extends @Nullable Object> Run<R> start(Input input, boolean ordered, boolean lazy) {
        ParallelOptions chosen = options.over(scoped());
        int jobs = chosen.workers(Runtime.getRuntime().availableProcessors());
        Backend backend = jobs == 1 ? Backend.SEQUENTIAL : chosen.backend(LocalContext.levelHere());
        if (backend == Backend.SEQUENTIAL) {
            jobs = 1;
        }
        PreDispatch preDispatch = Objects.requireNonNullElse(chosen.preDispatch(), PreDispatch.DEFAULT);
        int batchesAhead = preDispatch.batches(jobs);
        ParallelReport report = new ParallelReport(Objects.requireNonNullElse(chosen.verbose(), 0), chosen.jobs(),
                Objects.requireNonNullElse(chosen.console(), Console.STANDARD),
                preDispatch.equals(PreDispatch.ALL) || backend == Backend.SEQUENTIAL ? 0 : batchesAhead);
        report.started(backend.name(), jobs);
        Plan plan = new Plan(jobs, Objects.requireNonNullElse(chosen.batchSize(), AUTO), batchesAhead,
                chosen.timeout(), ordered, lazy);
        ParallelBackend runner = switch (backend) {
            case PROCESSES -> new ProcessesBackend();
            case THREADS -> new ThreadsBackend(false);
            case VIRTUAL_THREADS -> new ThreadsBackend(true);
            case SEQUENTIAL -> new SequentialBackend();
        };
        Results<R> results = runner.start(new Tasks<>(input.items()), plan, report);
        return new Run<>(results, report);
    }

    /** A run under way. Belongs to the reader. */
    private static final class Run<R extends @Nullable Object> implements Iterator<R> {
        private final Results<R> results;
        private final ParallelReport report;
        private boolean ended;

        Run(Results<R> results, ParallelReport report) {
            this.results = results;
            this.report = report;
        }

        Results<R> results() {
            return results;
        }

        @Override
        public boolean hasNext() {
            if (!ended && !results.hasNext()) {
                ended = true;
                if (report.isVerbose()) {
                    results.advice().ifPresent(report::advise);
                }
            }
            return !ended;
        }

        @Override
        public R next() {
            return results.next();
        }
    }

    /** What is in an input of delayed calls. */
    private record Tasks<R extends @Nullable Object>(Iterator<?> input)
            implements
                Iterator<RemoteCallable<? extends R>> {
        @Override
        public boolean hasNext() {
            return input.hasNext();
        }

        @Override
        @SuppressWarnings("unchecked")
        public RemoteCallable<? extends R> next() {
            Object delayed = Objects.requireNonNull(input.next(), "the input has a null where a Delayed should be");
            return ((Delayed<R>) delayed).task();
        }
    }
}
