package io.farmhand.internal.worker;

import java.nio.ByteBuffer;

/** What the coordinator has told this worker to do, in the order in which it came. */
sealed interface Instruction {
    /** Carry out the encoded set-up. */
    record Prepare(ByteBuffer setup) implements Instruction {}

    /** Keep this function for the job's chunks. */
    record Learn(long job, long seed, ByteBuffer function) implements Instruction {}

    /** Run these items. */
    record Run(HeldAttempt attempt, ByteBuffer items) implements Instruction {}

    /** The job's function is needed no more. */
    record Forget(long job) implements Instruction {}

    /** Nothing more comes. */
    record Stop() implements Instruction {}
}
