package io.farmhand.internal.home;

/** One end of a line between two processes. Called on the thread that keeps the lines; must not wait. */
interface LineEnd {
    /** The other side will end now, in order. */
    void farewell();

    /**
     * The line has ended: the other process, or its part in this, is over. If this throws, it is called again after a while.
     */
    void ended();
}
