package io.farmhand.internal.home;

import java.util.function.BooleanSupplier;

/**
 * The thread of another process for which a server's thread acts.
 *
 * @param slot the process's number at this server, at least 1
 * @param thread the thread's number there
 * @param gone whether that process has ended, so that nothing is done for it any more
 */
public record Caller(int slot, long thread, BooleanSupplier gone) {
    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

    /** One that does not end. */
    public Caller(int slot, long thread) {
        this(slot, thread, () -> false);
    }

    /** Whom the calling thread acts for: the bound one, or itself. */
    public static Caller current() {
        return CURRENT.isBound() ? CURRENT.get() : new Caller(Register.HOME_SLOT, Thread.currentThread().threadId());
    }

    /** Calls something for this caller. */
    public <R, X extends Throwable> R call(ScopedValue.CallableOp<R, X> operation) throws X {
        return ScopedValue.where(CURRENT, this).call(operation);
    }
}
