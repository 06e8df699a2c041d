package io.farmhand.internal.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * This process's part in one home: its slot there, and whether the home lives.
 *
 * <p>The reason of its end is written once, by the thread of the lines; any thread reads it. Those that wait are woken
 * after it was written.
 */
final class Membership {
    private static final System.Logger LOG = System.getLogger(Membership.class.getName());

    private final String home;
    private final int slot;
    private final @Nullable SocketChannel line;
    private volatile @Nullable String endedBecause;

    /**
     * Begins one.
     *
     * @param line what was opened to the home; null if that is this process
     */
    Membership(String home, int slot, @Nullable SocketChannel line) {
        this.home = home;
        this.slot = slot;
        this.line = line;
    }

    /** This JVM ends in order, and says so. */
    void sayFarewell() {
        try {
            if (line != null) {
                int _ = line.write(ByteBuffer.allocate(1));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the home ended first", e);
        }
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
