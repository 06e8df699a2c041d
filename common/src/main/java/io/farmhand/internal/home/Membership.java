package io.farmhand.internal.home;

import org.jspecify.annotations.Nullable;

/**
 * This process's part in one home: its slot there, and whether the home lives.
 *
 * <p>The reason of its end is written once, by the thread of the lines; any thread reads it. Those that wait are woken
 * after it was written.
 */
final class Membership {
    private final String home;
    private final int slot;
    private volatile @Nullable String endedBecause;

    Membership(String home, int slot) {
        this.home = home;
        this.slot = slot;
    }

    /** This process's number among those that use what is kept there. */
    int slot() {
        return slot;
    }

    /** Why nothing there can be used any more; null while it can. */
    @Nullable
    String endedBecause() {
        return endedBecause;
    }

    /** Nothing there can be used any more. */
    void end() {
        endedBecause = "The process that made this has ended: home=" + home
                + ". What is shared lives in the process that makes it: make it in one that outlives its users.";
        Opened.wakeUsersOf(home);
    }
}
