package io.farmhand;

/** What of a call's progress is shown on standard error, while it runs: see {@link CallOptions#progress}. */
public enum Progress {
    /** Nothing; the default. */
    NONE,
    /**
     * How many items are done and have failed, how fast that goes, how long it will take, and how many workers of the pool
     * are busy: on a terminal as a bar that is drawn again and again, in a log as a line every ten seconds, and both at the
     * end.
     */
    BAR,
    /** The bar, and at the end of a call that has ended well where its workers' time went, as {@link Insights#table}. */
    INSIGHTS
}
