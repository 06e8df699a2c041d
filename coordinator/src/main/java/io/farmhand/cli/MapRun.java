package io.farmhand.cli;

import io.farmhand.Result;
import java.io.IOException;
import java.util.Iterator;

/** One run of {@code farm map}: it prints results and failures as they come, and counts. */
final class MapRun {
    private final Console console;
    private final InFlight inFlight;
    private final boolean quiet;

    /**
     * A run.
     *
     * @param console where to print
     * @param inFlight the inputs
     * @param quiet whether there are no results to print, only failures
     */
    MapRun(Console console, InFlight inFlight, boolean quiet) {
        this.console = console;
        this.inFlight = inFlight;
        this.quiet = quiet;
    }

    /** Runs to the end and gives the exit status. */
    int run(Iterator<Result<String>> results) {
        long failed = 0;
        try (ResultWriter writer = new ResultWriter(console.output(), this::outputFailed)) {
            while (results.hasNext()) {
                Result<String> result = results.next();
                String preview = inFlight.arrived();
                switch (result) {
                    case Result.Success<String> success -> {
                        if (!quiet) {
                            writer.line(success.value());
                        }
                    }
                    case Result.Failure<String> failure -> {
                        failed++;
                        FailureReport.printItem(console, failure.index(), preview, failure.error());
                    }
                }
            }
        }
        return ExitStatus.ofFailures(failed);
    }

    /** Ends the process at once: whoever read the results has gone, or they cannot be kept. */
    private void outputFailed(IOException failure) {
        if (isClosedPipe(failure)) {
            console.exit().accept(ExitStatus.CLOSED_OUTPUT);
        } else {
            console.error().println("farm: cannot write standard output: " + failure.getMessage());
            console.exit().accept(ExitStatus.FATAL);
        }
    }

    private static boolean isClosedPipe(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Broken pipe") || message.contains("pipe is being closed")
                || message.contains("pipe has been ended");
    }
}
