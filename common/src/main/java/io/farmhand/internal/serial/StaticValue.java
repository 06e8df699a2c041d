package io.farmhand.internal.serial;

import java.io.Serializable;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * The value of a static field, which is set where it is read: a variable of jshell, which code refers to without capturing
 * it.
 *
 * @param holder the class that has the field
 * @param field its name
 * @param value what it has at the moment
 */
public record StaticValue(Class<?> holder, String field, @Nullable Object value) implements Serializable {
    /** That of a field as it is now; its class is initialized. */
    public static StaticValue of(Class<?> holder, String field) throws ReflectiveOperationException {
        return new StaticValue(holder, field, accessible(holder, field).get(null));
    }

    /** Sets the field. */
    void set() throws ReflectiveOperationException {
        accessible(holder, field).set(null, value);
    }

    private static Field accessible(Class<?> holder, String name) throws NoSuchFieldException {
        Field field = holder.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
