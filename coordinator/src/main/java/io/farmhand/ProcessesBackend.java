package io.farmhand;

import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs tasks in the worker JVMs of a pool. */
final class ProcessesBackend implements ParallelBackend {
    @Override
    public <R extends @Nullable Object> Results<R> start(Iterator<? extends RemoteCallable<? extends R>> tasks,
            Plan plan, ParallelReport report) {
        if (!tasks.hasNext()) {
            return new InPool<>(null, Collections.emptyIterator(), () -> {}, Optional::empty, report);
        }
        RemoteCallable<? extends R> first = tasks.next();
        SharedCall shared = SharedCall.like(first);
        CountedInput<RemoteCallable<? extends R>> items = new CountedInput<>(startingWith(first, tasks), shared::item,
                report);
        @SuppressWarnings("unchecked") // what the tasks give is what the function gives
        RemoteFunction<@Nullable Object, R> function = (RemoteFunction<@Nullable Object, R>) (RemoteFunction<@Nullable Object, ?>) shared;

        // The one place that knows the pool.
        Pool pool = Pool.shared(plan.jobs());
        Pool view = pool.with(options -> options(options, plan));
        Stream<R> results = plan.ordered() ? view.imap(function, items) : view.imapUnordered(function, items);
        return new InPool<>(items, results.iterator(), results::close, () -> pool.insights().advice(), report);
    }

    private static CallOptions options(CallOptions options, Plan plan) {
        CallOptions seeded = options.seed(LocalContext.SEED);
        CallOptions chosen = plan.timeout() == null ? seeded : seeded.taskTimeout(plan.timeout());
        // Two chunks for each worker are all that the adaptive rule has under way; where less is asked for, chunks are
        // of one, since their room is counted in items.
        if (plan.batchSize() == Parallel.AUTO && plan.batchesAhead() >= 2L * plan.jobs()) {
            return chosen.chunkSizing(ChunkSizing.adaptive());
        }
        int chunkSize = Math.max(1, plan.batchSize());
        return chosen.chunkSizing(ChunkSizing.fixed(chunkSize)).maxInFlight((long) plan.batchesAhead() * chunkSize);
    }

    private static <T extends @Nullable Object> Iterator<T> startingWith(T first, Iterator<? extends T> rest) {
        return new Iterator<>() {
            private boolean begun;

            @Override
            public boolean hasNext() {
                return !begun || rest.hasNext();
            }

            @Override
            public T next() {
                if (!begun) {
                    begun = true;
                    return first;
                }
                return rest.next();
            }
        };
    }

    /** The results of a job, read by one thread; only {@link #ended} is shared with one that closes. */
    private static final class InPool<R extends @Nullable Object> implements Results<R> {
        private final @Nullable CountedInput<?> input;
        private final Iterator<? extends R> results;
        private final Runnable abort;
        private final Supplier<Optional<String>> advice;
        private final ParallelReport report;
        private final AtomicBoolean ended = new AtomicBoolean();

        InPool(@Nullable CountedInput<?> input, Iterator<? extends R> results, Runnable abort,
                Supplier<Optional<String>> advice, ParallelReport report) {
            this.input = input;
            this.results = results;
            this.abort = abort;
            this.advice = advice;
            this.report = report;
        }

        @Override
        public boolean hasNext() {
            if (ended.get()) {
                return false;
            }
            boolean more;
            try {
                more = results.hasNext();
            } catch (Throwable e) { // a task's error, as it is: after it there is nothing
                close();
                throw e;
            }
            if (!more && !ended.getAndSet(true) && input == null) {
                report.exhausted();
            }
            return more;
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            R result;
            try {
                result = results.next();
            } catch (Throwable e) { // where the stream reads no further ahead
                close();
                throw e;
            }
            report.completed(1);
            return result;
        }

        @Override
        public void close() {
            if (!ended.getAndSet(true)) {
                abort.run();
            }
        }

        @Override
        public Optional<String> advice() {
            return advice.get();
        }
    }
}
