package io.farmhand.internal.security;

import java.io.IOException;

/**
 * Says that what a party was given to prove itself by, or where it is to listen, will not do. The message says what to
 * do, and never holds a secret.
 */
public final class SecuritySetupException extends IOException {
    public SecuritySetupException(String message) {
        super(message);
    }

    public SecuritySetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
