package io.farmhand.testing;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A value of a user's, in a package that is not the farm's. */
public record UsersValue(String name, @Nullable Object content) implements Serializable {
    /** A user's enum. */
    public enum Color {
        RED
    }

    /** A user's exception. */
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** With a cause. */
        public Failure(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
