/**
 * Locks, queues and pipes that work across processes, after those of Python's {@code multiprocessing}.
 *
 * <p>Each is a handle: it is serializable, so it can be captured by a task or passed as an argument, and every copy means
 * the same thing in each process of this host. It lives in the JVM that made it, until it is closed or that JVM ends.
 */
@NullMarked
package io.farmhand.sync;

import org.jspecify.annotations.NullMarked;
