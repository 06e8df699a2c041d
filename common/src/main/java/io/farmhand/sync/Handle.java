package io.farmhand.sync;

import java.io.Serializable;

/**
 * A name for something that stays where it was made while the name travels: serialized, it can be captured by a task or
 * passed as an argument, and every copy of it, in any process of this host, means the same thing.
 *
 * <p>The thing lives until its maker closes it or the maker's JVM ends. Whatever is asked of it after that fails with a
 * {@link HandleClosedException}, and whoever waits for it then is woken by one.
 */
public interface Handle extends Serializable, AutoCloseable {
    /**
     * Ends the thing, if this JVM made it, for all who use it; elsewhere does nothing, since the maker and others may go
     * on with it. A second call does nothing.
     */
    @Override
    void close();

    /** Whether the thing has been closed, or its maker has ended. */
    boolean isClosed();
}
