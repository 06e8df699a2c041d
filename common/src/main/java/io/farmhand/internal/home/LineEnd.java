package io.farmhand.internal.home;

/** One end of a line between two processes. Called on the thread that keeps the lines; must not wait. */
interface LineEnd {
    /**
     * The other side has said something.
     *
     * @param what {@link Lines#FAREWELL}, or the number of a thing that it does not use any more
     */
    void said(int what);

    /**
     * The line has ended: the other process, or its part in this, is over. If this throws, it is called again after a while.
     */
    void ended();
}
