package io.farmhand.cli;

import io.farmhand.Result;
import io.farmhand.cli.input.Input;
import io.farmhand.cli.output.Outcome;
import io.farmhand.cli.output.RunRecord;
import io.farmhand.cli.task.InputException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code farm map}: it takes outcomes as they come, counts them, and hands them on, in the order of the inputs
 * unless that does not matter. Owned by the thread that runs it.
 */
final class MapRun {
    private final Console console;
    private final InFlight inFlight;
    private final RunRecord record;
    private final boolean ordered;
    private final Halt halt;
    private final Progress progress;
    private final Clock clock = Clock.systemUTC();
    /** Those that wait for others before them, by their place. */
    private final Map<Long, Outcome> waiting = new HashMap<>();
    private long nextPlace;
    private long failed;
    private long succeeded;
    private boolean halted;

    /** Hears how far it has come. */
    interface Progress {
        /** One more is done. */
        void done(boolean isFailed);
    }

    /** How it ended. */
    enum End {
        /** All inputs are done. */
        WHOLE,
        /** {@code --halt} was reached. */
        HALTED,
        /** It was interrupted, and what ran is done. */
        INTERRUPTED
    }

    MapRun(Console console, InFlight inFlight, RunRecord record, boolean ordered, Halt halt, Progress progress) {
        this.console = console;
        this.inFlight = inFlight;
        this.record = record;
        this.ordered = ordered;
        this.halt = halt;
        this.progress = progress;
    }

    /**
     * Runs to an end.
     *
     * @param results in whatever order
     * @throws IOException when something cannot be kept
     */
    End run(Iterator<Result<String>> results) throws IOException {
        while (!isCut() && !inFlight.isDrained() && results.hasNext()) {
            takeRefused();
            if (!isCut()) {
                take(results.next());
            }
            inFlight.rest();
        }
        if (!isCut()) {
            takeRefused();
        }
        if (halted) {
            // What was counted is told, in order, though others before it are killed.
            for (Outcome next : new TreeMap<>(waiting).values()) {
                emit(next);
            }
            return End.HALTED;
        }
        return inFlight.isStopped() ? End.INTERRUPTED : End.WHOLE;
    }

    /** Whether nothing more is waited for. */
    private boolean isCut() {
        return halted && halt.now();
    }

    private void takeRefused() throws IOException {
        for (Input.Bad bad = inFlight.refused(); bad != null; bad = inFlight.refused()) {
            count(true);
            emit(new Outcome(-1, bad, null, new InputException(bad.why()), -1, 0, clock.instant(), Duration.ZERO));
        }
    }

    private void take(Result<String> result) throws IOException {
        Input.Item item = inFlight.arrived(result.index(), result.taken());
        Outcome outcome = switch (result) {
            case Result.Success<String> success -> outcome(success, item, success.value(), null);
            case Result.Failure<String> failure -> outcome(failure, item, null, failure.error());
        };
        count(outcome.isFailed());
        if (!ordered) {
            emit(outcome);
            inFlight.pass(0);
            return;
        }
        waiting.put(outcome.place(), outcome);
        inFlight.hold(chars(outcome));
        for (Outcome next = waiting.remove(nextPlace); next != null; next = waiting.remove(nextPlace)) {
            nextPlace++;
            emit(next);
            inFlight.pass(chars(next));
        }
    }

    private Outcome outcome(Result<String> result, Input.Item item, @Nullable String value, @Nullable Throwable error) {
        return new Outcome(result.index(), item, value, error, result.worker(), result.attempts(), clock.instant(),
                result.taken());
    }

    private static int chars(Outcome outcome) {
        return outcome.value() == null ? 0 : outcome.value().length();
    }

    private void count(boolean isFailed) {
        if (isFailed) {
            failed++;
        } else {
            succeeded++;
        }
        progress.done(isFailed);
        if (!halted && halt.isReached(failed, succeeded)) {
            halted = true;
            boolean _ = inFlight.stop();
            console.error().println("farm: halted: failed=" + failed + " succeeded=" + succeeded
                    + (halt.now() ? "; what runs is killed" : "; what runs is finished"));
        }
    }

    private void emit(Outcome outcome) throws IOException {
        if (outcome.error() != null) {
            FailureReport.printItem(console, outcome.input(), outcome.error());
        }
        record.add(outcome);
    }

    /** How many failed. */
    long failed() {
        return failed;
    }

    /** How many did not. */
    long succeeded() {
        return succeeded;
    }
}
