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

    /** @param line to the home; null if that is here */
    Membership(String home, int slot, @Nullable SocketChannel line) {
        this.home = home;
        this.slot = slot;
        this.line = line;
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

    /**
     * Says something to the home. If that does not hear it, since it has ended or was stopped long ago, nothing comes of it.
     *
     * @param what see {@link LineEnd#said}
     */
    void say(int what) {
        if (line == null) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // an interrupt may close the channel
        try {
            int _ = line.write(ByteBuffer.allocate(Integer.BYTES).putInt(what).flip());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the home ended first", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Nothing there can be used any more. */
    void end() {
        endedBecause = "The process that made this has ended: home=" + home
                + ". What is shared lives in the process that makes it: make it in one that outlives its users.";
        Opened.wakeUsersOf(home);
    }
}
