package io.farmhand.internal.serial;

import java.io.Serializable;

/**
 * Makes stand-ins for objects of a library that are not serializable of themselves, such as data frames. Found by
 * {@link java.util.ServiceLoader}.
 */
public interface StandInMaker {
    /** Whether objects of that class, which is not serializable, have stand-ins. */
    boolean knows(Class<?> type);

    /**
     * What travels in place of an object of such a class.
     *
     * @return has a {@code readResolve} method that makes the object again
     */
    Serializable standIn(Object object);
}
