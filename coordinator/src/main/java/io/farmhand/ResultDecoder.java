package io.farmhand;

import io.farmhand.Result.Failure.Kind;
import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.shm.SharedPayload;
import io.farmhand.internal.wire.TaskFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Turns encoded outcomes into results. It runs the user's own deserialization, so it belongs to the thread that
 * consumes the job.
 */
final class ResultDecoder<R extends @Nullable Object> {
    private final ClassLoader loader;
    private final Travel travel;
    private final Destination workers;
    private @Nullable ValueReader reader;
    private final Duration limit;
    private final boolean isTask;

    /**
     * @param loader of the function's class
     * @param travel of what was sent: a result may be of a class that went along with it
     * @param workers where the workers are
     * @param limit how long an item may run
     * @param isTask whether the job is a task without an argument, which has no item to speak of
     */
    ResultDecoder(ClassLoader loader, Travel travel, Destination workers, Duration limit, boolean isTask) {
        this.loader = loader;
        this.travel = travel;
        this.workers = workers;
        this.limit = limit;
        this.isTask = isTask;
    }

    /** Made with the first result: by then whatever it needs was sent. */
    private ValueReader reader() {
        ValueReader made = reader;
        if (made == null) {
            ClassLoader carried = travel.baggage() == null ? null : MemoryCode.loaderOf(travel);
            made = filtering(carried == null ? loader : carried, workers);
            reader = made;
        }
        return made;
    }

    /** A reader of what workers send. */
    static ValueReader filtering(ClassLoader loader, Destination workers) {
        return workers == Destination.HERE ? ValueReader.filtering(loader) : ValueReader.strict(loader);
    }

    /** Begins a sentence about an item. */
    private String subject(long index, String preview) {
        return isTask ? "The task" : "Item %d (%s)".formatted(index, preview);
    }

    private String result(long index) {
        return isTask ? "The result of the task" : "The result of item " + index;
    }

    /**
     * The results of a run, decoded one by one as they are taken.
     *
     * @throws RuntimeException what the job as a whole failed with, or what the input threw, as it is
     */
    Iterator<Result<R>> decode(Run run) {
        return switch (run) {
            case Run.Outcomes outcomes -> new OutcomeIterator(outcomes);
            case Run.Unsendable unsendable -> List.<Result<R>>of(
                    failure(unsendable.firstIndex(), new TaskSerializationException(Stage.ARGUMENT_OUT,
                            unsendable.firstIndex(), subject(unsendable.firstIndex(), Preview.of(unsendable.item()))
                                    + " was not sent: " + unsendable.cause().getMessage(),
                            unsendable.cause()), Kind.SERIALIZATION, -1, 0, Duration.ZERO))
                    .iterator();
            case Run.Crashed crashed -> List.<Result<R>>of(crash(crashed)).iterator();
            case Run.TimedOut late -> List.<Result<R>>of(timeout(late)).iterator();
            case Run.InputFailed failed -> throw Failures.asItIs(failed.cause());
            case Run.JobFailed failed -> throw Failures.of(failed, limit, reader());
        };
    }

    private Result<R> crash(Run.Crashed crashed) {
        String preview = preview(crashed.argument());
        String message = "%s failed: its worker died, in %d of %d attempts. %s".formatted(
                subject(crashed.firstIndex(), preview), crashed.attempts(), crashed.attempts(), crashed.diagnosis());
        return failure(crashed.firstIndex(), new WorkerCrashedException(message, crashed.firstIndex(), preview,
                crashed.worker(), crashed.attempts(), crashed.exitCode()), Kind.CRASH, crashed.worker(),
                crashed.attempts(), Duration.ZERO);
    }

    private Result<R> timeout(Run.TimedOut late) {
        String preview = preview(late.argument());
        Duration given = Duration.ofNanos(late.limitNanos());
        Duration ran = Duration.ofNanos(late.ranNanos());
        String message = ("%s ran too long: taskTimeout=%s ran=%s attempt=%d. Its worker %d was killed; raise"
                + " taskTimeout if it only needs longer. %s").formatted(subject(late.firstIndex(), preview), given, ran,
                        late.attempts(), late.worker(),
                        late.stacks().isEmpty()
                                ? "The worker did not tell what it was at."
                                : "It was at: " + System.lineSeparator() + runnersStack(late.stacks()));
        return failure(late.firstIndex(), new TaskTimeoutException(message, late.firstIndex(), preview, late.worker(),
                late.attempts(), given, ran, late.stacks()), Kind.TIMEOUT, late.worker(), late.attempts(), ran);
    }

    /** The first of the stacks, which is that of the thread that runs tasks; the others are for who asks. */
    private static String runnersStack(String stacks) {
        return stacks.split("\n\n", 2)[0].stripTrailing();
    }

    /** Shows plain values only: reading any other may be what the workers died of. */
    private String preview(ByteBuffer argument) {
        if (isTask) {
            return "";
        }
        try {
            return Preview.of(ValueReader.plain().read(Items.cursor(argument).next()));
        } catch (UnreadableValueException | RuntimeException e) {
            return "not shown: reading it may end this process, too";
        }
    }

    /**
     * Adds the values of a run to a list.
     *
     * @throws RuntimeException as {@link #decode(Run)}, or what the first item that failed did so with
     */
    void decode(Run run, List<? super R> values) {
        if (!(run instanceof Run.Outcomes outcomes) || isShared(outcomes)) {
            decode(run).forEachRemaining(result -> values.add(result.get()));
            return;
        }
        Items.Cursor items = Items.cursor(outcomes.items());
        for (int place = 0; place < outcomes.count(); place++) {
            items.step();
            if (items.isFailure()) {
                values.add(decode(outcomes, place, items).get());
                continue;
            }
            try {
                values.add(value(items));
            } catch (UnreadableValueException e) {
                values.add(unreadable(outcomes, place, e).get());
            }
        }
    }

    private Result<R> decode(Run.Outcomes run, int place, Items.Cursor items) {
        long index = run.firstIndex() + place;
        Duration taken = taken(run, place);
        if (items.isFailure()) {
            TaskFailure failure = TaskFailure.decode(Items.failureBody(items.item()));
            Kind kind = failure.stage() == TaskFailure.Stage.RUNNING ? Kind.EXCEPTION : Kind.SERIALIZATION;
            return failure(index, error(run, index, failure), kind, run.worker(), run.attempt(), taken);
        }
        try {
            R value = value(items);
            if (place == run.count() - 1) {
                SharedPayload.release(run.items());
            }
            return new Result.Success<R>(index, value, run.worker(), run.attempt(), taken);
        } catch (UnreadableValueException e) {
            return unreadable(run, place, e);
        }
    }

    private Result<R> unreadable(Run.Outcomes run, int place, UnreadableValueException cause) {
        long index = run.firstIndex() + place;
        return failure(index, new TaskSerializationException(Stage.RESULT_IN, index,
                result(index) + " cannot be read here: " + cause.getMessage(), cause),
                Kind.SERIALIZATION, run.worker(), run.attempt(), taken(run, place));
    }

    private static boolean isShared(Run.Outcomes run) {
        return SharedPayload.placeOf(run.items()) != null;
    }

    private static Duration taken(Run.Outcomes run, int place) {
        return run.times().isEmpty() ? Duration.ZERO : Duration.ofNanos(run.times().nanos(place));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the user's function gave, null or not, is an R
    private R value(Items.Cursor items) throws UnreadableValueException {
        return (R) reader().read(items);
    }

    private Throwable error(Run.Outcomes run, long index, TaskFailure failure) {
        return switch (failure.stage()) {
            case RUNNING -> Failures.rebuild(failure, reader(), more -> origin(run, index, failure, more));
            case READING_FUNCTION ->
                serialization(Stage.FUNCTION_IN, index, "The function cannot be read", run, failure);
            case READING_ARGUMENT -> serialization(Stage.ARGUMENT_IN, index,
                    "Item %d cannot be read".formatted(index), run, failure);
            case WRITING_RESULT, RESULT_TOO_LARGE -> serialization(Stage.RESULT_OUT, index,
                    result(index) + (isTask ? "" : " (" + failure.preview() + ")") + " cannot be sent back", run,
                    failure);
        };
    }

    private TaskSerializationException serialization(Stage stage, long index, String what, Run.Outcomes run,
            TaskFailure failure) {
        RemoteTaskException origin = origin(run, index, failure, "");
        return new TaskSerializationException(stage, stage == Stage.FUNCTION_IN ? -1 : index,
                "%s, on worker %d: %s".formatted(what, run.worker(), failure.message()), origin);
    }

    private RemoteTaskException origin(Run.Outcomes run, long index, TaskFailure failure, String more) {
        String preview = isTask ? "" : failure.preview();
        String message = "%s failed on worker %d, attempt %d: %s%s%s".formatted(subject(index, preview),
                run.worker(), run.attempt(), failure.type(),
                failure.message().isEmpty() ? "" : ": " + failure.message(), more);
        return new RemoteTaskException(message, index, preview, run.worker(), run.attempt(), failure.type(),
                failure.stack());
    }

    private Result<R> failure(long index, Throwable error, Kind kind, int worker, int attempts, Duration taken) {
        return new Result.Failure<>(index, error, kind, worker, attempts, taken);
    }

    private final class OutcomeIterator implements Iterator<Result<R>> {
        private final Run.Outcomes run;
        private final Items.Cursor items;
        private int next;

        OutcomeIterator(Run.Outcomes run) {
            this.run = run;
            this.items = Items.cursor(run.items());
        }

        @Override
        public boolean hasNext() {
            return next < run.count();
        }

        @Override
        public Result<R> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int place = next++;
            try {
                items.step();
                return decode(run, place, items);
            } catch (InternalError | IllegalArgumentException e) {
                if (!isShared(run)) {
                    throw e;
                }
                // Cut short, or overwritten, since it was sent.
                return unreadable(run, place, UnreadableValueException.changed(e));
            }
        }
    }
}
