package io.farmhand.internal.process;

import io.farmhand.internal.shm.ProgressFile.Begun;

/**
 * How a worker process ended.
 *
 * @param pid the process, 0 when there was none
 * @param cause what its status says
 * @param exitCode the status: 128 and a signal's number for a signal
 * @param begun what it was at
 * @param diagnosis all that is known, for people: status, likely cause, what to do, the last lines of stderr
 */
public record WorkerExit(long pid, ExitCause cause, int exitCode, Begun begun, String diagnosis) {
    /**
     * The same end of a process that we killed, so that nobody looks for another who did; unchanged where it ended
     * otherwise.
     *
     * @param why what for, as a clause
     */
    public WorkerExit killedByUs(String why) {
        return cause != ExitCause.KILLED
                ? this
                : new WorkerExit(pid, cause, exitCode, begun, "The pool killed it: " + why + ". "
                        + diagnosis.replace(" " + cause.hint(), ""));
    }
}
