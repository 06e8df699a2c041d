package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;

/**
 * Two ends of a line, as Python's {@code multiprocessing.Pipe}: both are handles, to be captured by tasks or passed as
 * arguments; the two processes that use them speak directly by shared memory, whoever made the pipe.
 *
 * <p>An end belongs to the processes that use it. When all those have closed it or ended, the other side gets the end of
 * file; the maker's own copy of an end that it sent away and did not use does not count, so that there is nothing to close
 * after a process was started.
 *
 * <p>An end that is on its way to another process counts as used there already: in an item of a queue, in a message, in what
 * a process or a task of a pool captures or is given. It does so until it arrives; until that cannot be any more, since
 * the process that was to get it has ended or the call of the pool is over; or until the process that sent it ends. So who
 * hands an end on should live until it has arrived, as in Python; and an item that nobody ever takes from its queue counts as
 * long as its sender lives.
 *
 * @param first one end; of a pipe that is not duplex, the one that receives
 * @param second the other end; of a pipe that is not duplex, the one that sends
 */
public record Pipe(Connection first, Connection second) {
    /** Opens a pipe whose ends both send and receive. */
    public static Pipe open() {
        return open(true);
    }

    /**
     * Opens a pipe.
     *
     * @param duplex whether both ends send and receive; if not, the first receives and the second sends
     */
    public static Pipe open(boolean duplex) {
        return SyncObjects.pipe(duplex);
    }
}
