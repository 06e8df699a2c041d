package io.farmhand.internal.home;

/** What stands in a {@link Place}: a lock, a queue or the like, as its home sees it. */
public interface Occupant {
    /**
     * A process that used it has ended. Called in its home, on a thread for this process
     * alone: it may wait for a lock that another process holds which has ended, too.
     *
     * @param slot the process's slot, which is given to another one after this
     * @param killed whether it ended without saying so: it was killed, or halted
     */
    void partyLeft(int slot, boolean killed);

    /**
     * A process says that it was the last one to use it. Called in its home, on the thread of the lines; must not wait.
     */
    default void lookAgain() {
        // Most things live until they are closed here.
    }

    /** Wakes all who wait for anything of it in this process, so that they look whether it was closed. */
    void wakeAll();
}
