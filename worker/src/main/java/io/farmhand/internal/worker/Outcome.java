package io.farmhand.internal.worker;

/** How an item ended. */
enum Outcome {
    /** With a value. */
    VALUE,
    /** With a failure that stands. */
    FAILED,
    /** With a failure that the job's own rule says to try again. */
    RETRYABLE
}
