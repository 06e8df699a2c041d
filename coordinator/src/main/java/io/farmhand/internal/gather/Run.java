package io.farmhand.internal.gather;

import io.farmhand.backend.ItemTimes;
import java.nio.ByteBuffer;

/** Outcomes of consecutive items of a job, not yet decoded. */
public sealed interface Run {
    /** The index in the job of the first item. */
    long firstIndex();

    /** How many items. */
    int count();

    /** How many bytes it holds. */
    default int sizeBytes() {
        return 0;
    }

    /**
     * What a worker sent: values and failures, encoded.
     *
     * @param attempt which attempt at these items this was, from 1
     * @param times how long the function took for each item; either empty or of {@code count} items
     */
    record Outcomes(long firstIndex, int count, ByteBuffer items, int worker, int attempt, ItemTimes times)
            implements
                Run {
        @Override
        public int sizeBytes() {
            return items.remaining();
        }
    }

    /** One item that never left the caller. */
    record Unsendable(long firstIndex, Object item, Exception cause) implements Run {
        @Override
        public int count() {
            return 1;
        }
    }

    /**
     * One item whose worker died each time that it ran.
     *
     * @param argument the encoded argument
     * @param attempts how often it ran
     * @param exitCode of the last worker
     * @param diagnosis what is known of the last worker's end
     */
    record Crashed(long firstIndex, ByteBuffer argument, int worker, int attempts, int exitCode, String diagnosis)
            implements
                Run {
        @Override
        public int count() {
            return 1;
        }
    }

    /**
     * One item that ran past its deadline.
     *
     * @param argument the encoded argument
     * @param attempts how often it was begun
     * @param limitNanos how long it was given
     * @param ranNanos how long it had run
     * @param stacks what its worker's threads were at; empty when that could not be had
     */
    record TimedOut(long firstIndex, ByteBuffer argument, int worker, int attempts, long limitNanos, long ranNanos,
            String stacks) implements Run {
        @Override
        public int count() {
            return 1;
        }
    }

    /** The input threw where this item should have been; nothing follows. */
    record InputFailed(long firstIndex, Throwable cause) implements Run {
        @Override
        public int count() {
            return 1;
        }
    }

    /**
     * The job itself has failed: nothing more comes.
     *
     * @param worker to blame, or -1
     * @param exitCode of that worker, or -1
     * @param failure the encoded failure that the pool broke of, if there is one; else without bytes
     */
    record JobFailed(Reason reason, String message, int worker, int exitCode, ByteBuffer failure) implements Run {
        /** Why a job fails. */
        public enum Reason {
            /** Its caller gave it up. */
            CANCELLED,
            /** The pool was closed. */
            CLOSED,
            /** The pool can run nothing any more. */
            BROKEN,
            /** Workers die of reading its function. */
            FUNCTION_CRASHED,
            /** Reading its function takes longer than a task may. */
            FUNCTION_TIMED_OUT
        }

        /** A failure that no worker's end is to blame for. */
        public JobFailed(Reason reason, String message) {
            this(reason, message, -1, -1, ByteBuffer.allocate(0));
        }

        @Override
        public long firstIndex() {
            return Long.MAX_VALUE;
        }

        @Override
        public int count() {
            return 0;
        }
    }
}
