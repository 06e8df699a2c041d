/**
 * Locks, queues and pipes that work across processes, after those of Python's {@code multiprocessing}.
 *
 * <p>Each is a handle: it is serializable, so it can be captured by a task or passed as an argument, and every copy means
 * the same thing in each process of this host. It lives in the JVM that made it, until it is closed or that JVM ends.
 *
 * <p>On Linux all stand in shared memory, in which processes wait for each other by a futex. Elsewhere the JVM that makes a
 * lock or its kin, a queue, or a shared value with its lock serves that to the others over a socket: the same, for a round
 * trip each. Pipes are in shared memory there, too, and who waits for a message looks again and again, which takes a core; a
 * {@link io.farmhand.sync.Listener} and its {@link io.farmhand.sync.Client} wait without that.
 */
@NullMarked
package io.farmhand.sync;

import org.jspecify.annotations.NullMarked;
