package io.farmhand.internal.remote;

import java.io.Serializable;

/** Functions that are to run where an object lives. */
public final class Travelling {
    private Travelling() {}

    /**
     * The function, if it can be sent.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public static <F> F checked(F function) {
        if (!(function instanceof Serializable)) {
            throw new IllegalArgumentException(
                    "The function must run where the object lives, and it is not serializable,"
                            + " so it cannot be sent there: " + function.getClass().getName()
                            + ". Give a lambda or a method reference itself, and not a variable of a type of java.util.function.");
        }
        return function;
    }
}
