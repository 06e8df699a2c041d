package io.farmhand.sync;

import java.io.IOException;

/**
 * The two sides of a connection do not have the same key, as Python's {@code multiprocessing.AuthenticationError}. The
 * connection is closed.
 */
public final class AuthenticationException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong; without any key */
    public AuthenticationException(String message) {
        super(message);
    }
}
