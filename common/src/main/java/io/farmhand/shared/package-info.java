/**
 * Memory that several processes use at once, after Python's {@code multiprocessing.Value}, {@code Array},
 * {@code sharedctypes} and {@code shared_memory}: what travels is a handle, and the bytes stay where they are.
 *
 * <p>All here have these rules in common.
 * <ul>
 * <li><b>A handle</b> is serializable: captured by a task or passed as an argument it means the same memory in each
 * process of this host, and is one object in each.
 * <li><b>Its life.</b> It lives until the process that made it calls {@link io.farmhand.sync.Handle#close close()} or
 * ends. From then on nobody can open it; an access in the process that closed it is an {@link IllegalStateException}; those
 * that have it open can go on reading and writing it until they close it or end, though its lock is closed. A close by
 * another process than the maker gives back what it takes there, and a handle that arrives there later opens it anew.
 * What was never closed is given back when its maker ends, and what a killed maker left is removed by the next farm on the
 * host. What was never sent anywhere is given back when nothing refers to it.
 * <li><b>Its memory</b> is all zero at first, is reserved when it is made, and is readable by its owner alone.
 * <li><b>Access</b> of four kinds. Plain ({@code get}, {@code set}) is as that to a field of an object that threads share:
 * not torn, and ordered by whatever orders threads: a lock, a queue, the start of a task. Volatile ({@code getVolatile},
 * {@code setVolatile}) is as that to a volatile field, between processes, too. Atomic changes ({@code getAndAdd},
 * {@code compareAndSet}) are volatile, and there where the machine has them: for {@code int}, {@code long},
 * {@code float}, {@code double} and {@link io.farmhand.shared.SharedBoolean}. All else happens under the lock.
 * <li><b>The lock.</b> Each has one of its own, {@code lock()}, as Python's {@code get_lock()}. Nothing takes it unasked:
 * in Python {@code value} does, for each single access. Raw variants have none, as Python's {@code RawValue} and
 * {@code RawArray}.
 * </ul>
 */
@NullMarked
package io.farmhand.shared;

import org.jspecify.annotations.NullMarked;
