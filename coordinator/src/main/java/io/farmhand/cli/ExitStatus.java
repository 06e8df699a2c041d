package io.farmhand.cli;

/** The exit statuses of {@code farm}, as its help lists them. */
final class ExitStatus {
    static final int USAGE = 2;
    /** More than this many failed items are {@link #MANY_FAILED}. */
    static final int MAX_COUNTED = 100;
    static final int MANY_FAILED = 101;
    /** The run could not go on: the pool broke, or standard input or output did. */
    static final int FATAL = 102;
    /** Ctrl-C: 128 + SIGINT. */
    static final int INTERRUPTED = 128 + 2;
    /** The reader of standard output has gone: 128 + SIGPIPE, as a shell reports it of other programs. */
    static final int CLOSED_OUTPUT = 128 + 13;

    private ExitStatus() {}

    /** The status of a run to its end: the number of failed items, as far as that can be told. */
    static int ofFailures(long failedItems) {
        return failedItems > MAX_COUNTED ? MANY_FAILED : (int) failedItems;
    }
}
