package io.farmhand.cli.input;

/** One input of a run. */
public sealed interface Input {
    /** Its place among all inputs of the run, from 0. */
    long index();

    /** What it is, for people and for logs: the input itself, or for a block where that is. */
    String text();

    /** Where it comes from, such as {@code data.csv line 17}; empty for a word of the command line. */
    String place();

    /**
     * One that can be sent to a worker.
     *
     * @param value what is sent
     */
    record Item(long index, Object value, String text, String place) implements Input {}

    /**
     * One that cannot be read.
     *
     * @param why for people
     */
    record Bad(long index, String text, String place, String why) implements Input {}
}
