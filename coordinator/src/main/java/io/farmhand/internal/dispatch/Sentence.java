package io.farmhand.internal.dispatch;

import java.time.Duration;

/**
 * Why a worker is killed by us.
 *
 * @param attempt that the reason is about, 0 for none
 * @param item its place in the chunk, or a negative number
 * @param ranNanos how long that had run, or been told to stop
 * @param stacks what the worker's threads were at; empty until it has told
 */
record Sentence(Reason reason, long attempt, long item, long ranNanos, String stacks) {
    enum Reason {
        /** An item, or the reading of a function, ran past its deadline: that item fails. */
        TIMED_OUT,
        /** An item was told to stop and did not in time: nobody waits for it. */
        NOT_STOPPED,
        /** The worker gave no sign of life: what it was at is charged as for a crash. */
        SILENT,
        /** Somebody else told the worker to end, and it did not get there in time: charged as for a crash. */
        TERMINATED
    }

    Sentence with(String told) {
        return new Sentence(reason, attempt, item, ranNanos, told);
    }

    /** What it is killed for, as a clause. */
    String words() {
        return switch (reason) {
            case TIMED_OUT -> "what it ran took longer than its deadline, ran=" + ran();
            case NOT_STOPPED ->
                "what it ran was needed no more and did not stop when it was interrupted, after=" + ran();
            case SILENT -> "it gave no sign of life for " + ran().toMillis() + " ms";
            case TERMINATED -> "it was told to end and had not ended after its grace";
        };
    }

    private Duration ran() {
        return Duration.ofNanos(ranNanos);
    }

    /** Whether what had begun is to blame as if the worker had died of it. */
    boolean isCrash() {
        return reason == Reason.SILENT || reason == Reason.TERMINATED;
    }

    boolean isAbout(long someAttempt, long someItem) {
        return attempt == someAttempt && item == someItem;
    }
}
