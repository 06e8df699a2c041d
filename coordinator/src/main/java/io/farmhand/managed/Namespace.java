package io.farmhand.managed;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names with values of any kind, as Python's {@code Manager.Namespace}. */
public interface Namespace {
    /**
     * The value of a name.
     *
     * @throws java.util.NoSuchElementException if it has none, as Python's {@code AttributeError}
     */
    @Nullable
    Object get(String name);

    /**
     * The value of a name, as one of a class.
     *
     * @throws java.util.NoSuchElementException if it has none
     * @throws ClassCastException if it is of another class
     */
    <T> @Nullable T get(String name, Class<T> type);

    /** Gives a name a value, which must be serializable. */
    void set(String name, @Nullable Object value);

    /** Takes the value of a name away, as Python's {@code del}; whether it had one. */
    boolean remove(String name);

    /** The names that have values. */
    Set<String> names();
}
