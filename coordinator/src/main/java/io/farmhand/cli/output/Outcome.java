package io.farmhand.cli.output;

import io.farmhand.cli.input.Input;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of one input.
 *
 * @param place among those that were sent to workers, from 0; -1 for one that was not
 * @param input which
 * @param value its result as text; null when it failed
 * @param error why it failed; null when it did not
 * @param worker that ran it last; -1 for none
 * @param attempts how often it was run
 * @param ended when
 * @param taken how long the method took; zero where that is not known
 */
public record Outcome(long place, Input input, @Nullable String value, @Nullable Throwable error, int worker,
        int attempts, Instant ended, Duration taken) {
    /** Whether there is no result. */
    public boolean isFailed() {
        return error != null;
    }
}
