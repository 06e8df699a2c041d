package io.farmhand.backend;

/**
 * How a worker ended.
 *
 * @param pid its process, 0 when there was none
 * @param exitCode its exit status: 128 and a signal's number for a signal; -1 where there is none
 * @param begun what it was at
 * @param hint a sentence on the likely cause and what to do
 * @param details what else is known, for people: a crash report, the last lines of stderr; may be empty
 */
public record WorkerExit(long pid, int exitCode, Begun begun, String hint, String details) {
    private static final int KILLED = 128 + 9;

    /**
     * What the worker is called, for people.
     *
     * @param worker its number
     */
    public String named(int worker) {
        return pid == 0 ? "Worker " + worker : "Worker %d (pid %d)".formatted(worker, pid);
    }

    /** All that is known, for people. */
    public String diagnosis() {
        return (exitCode < 0 ? "" : "exitCode=" + exitCode + ". ") + hint + (details.isEmpty() ? "" : " " + details);
    }

    /**
     * The same end of a worker that the pool has killed, so that nobody looks for another who did; unchanged where it
     * ended otherwise.
     *
     * @param why what for, as a clause
     */
    public WorkerExit killedByUs(String why) {
        return exitCode == KILLED
                ? new WorkerExit(pid, exitCode, begun, "The pool killed it: " + why + ".", details)
                : this;
    }
}
