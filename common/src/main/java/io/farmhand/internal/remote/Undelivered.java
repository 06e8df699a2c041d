package io.farmhand.internal.remote;

import java.lang.reflect.Method;

/** An object that wants back what it gave to a process that had ended before it could receive it. */
public interface Undelivered {
    /**
     * Takes back what a call gave.
     *
     * @param method the method that was called; the current {@code Caller} is the one that called it
     * @param result what it gave
     */
    void takeBack(Method method, Object result);
}
