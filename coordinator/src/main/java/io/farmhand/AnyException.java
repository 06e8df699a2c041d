package io.farmhand;

import io.farmhand.task.RemotePredicate;

/** What is worth another attempt if the user does not say: every exception, but no {@link Error}. */
enum AnyException implements RemotePredicate<Throwable> {
    /** The only one. */
    INSTANCE;

    @Override
    public boolean test(Throwable thrown) {
        return thrown instanceof Exception;
    }
}
