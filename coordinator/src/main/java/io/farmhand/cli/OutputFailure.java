package io.farmhand.cli;

import java.io.IOException;

/** Ends the process when something cannot be written: whoever read the results has gone, or they cannot be kept. */
final class OutputFailure {
    private final Console console;
    private final String howToGoOn;

    /** @param howToGoOn with the run, for people */
    OutputFailure(Console console, String howToGoOn) {
        this.console = console;
        this.howToGoOn = howToGoOn;
    }

    /**
     * Says what it is, and ends the process.
     *
     * @param what cannot be written
     */
    void end(String what, IOException cause) {
        if (isClosedPipe(cause)) {
            console.exit().accept(ExitStatus.CLOSED_OUTPUT);
        } else {
            console.error().println("farm: cannot write " + what + ": " + cause.getMessage() + "; " + howToGoOn);
            console.exit().accept(ExitStatus.FATAL);
        }
    }

    private static boolean isClosedPipe(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Broken pipe") || message.contains("pipe is being closed")
                || message.contains("pipe has been ended");
    }
}
