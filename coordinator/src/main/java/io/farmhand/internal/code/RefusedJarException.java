package io.farmhand.internal.code;

import java.io.IOException;

/** A jar that was received is not what it was announced as: nothing of it is kept. */
public final class RefusedJarException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedJarException(String message) {
        super(message);
    }
}
