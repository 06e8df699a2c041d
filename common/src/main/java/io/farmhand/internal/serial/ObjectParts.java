package io.farmhand.internal.serial;

import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an object that serialization would write: fields, elements, entries, captured values.
 *
 * <p>The fields of the JDK's classes are closed to us; its collections are asked for what they hold.
 */
final class ObjectParts {
    private static final int MAX_KEY_CHARS = 40;

    /** Is told each part. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes a part.
         *
         * @param label how the part is held
         * @param named whether the label says what the part is
         * @return whether to go on
         */
        boolean part(Object part, Supplier<String> label, boolean named);
    }

    private ObjectParts() {}

    /** Whether an object is an array, a collection or another of the JDK's boxes around other objects. */
    static boolean isContainer(Object object) {
        boolean holder = object instanceof Collection || object instanceof Map || object instanceof AtomicReference
                || object instanceof Map.Entry;
        return object.getClass().isArray() || (holder && isJdk(object.getClass()));
    }

    /** Tells the visitor the parts of an object, but for those that cannot be or hold a culprit. */
    static void visit(Object object, boolean transients, Visitor visitor) {
        if (!(object instanceof Serializable || object instanceof Optional)) {
            return;
        }
        Class<?> type = object.getClass();
        try {
            if (object instanceof Object[] array) {
                visitArray(array, visitor);
            } else if (Names.isLambda(type)) {
                Lambdas.visitCaptured(object, visitor);
            } else if (Proxy.isProxyClass(type)) {
                tell(visitor, Proxy.getInvocationHandler(object), () -> " -> invocation handler");
            } else if (!type.isArray() && visitContents(object, visitor)) {
                visitFields(object, transients, visitor);
            }
        } catch (RuntimeException | LinkageError e) {
            // A part that will not be looked at: the search goes on with the others.
            return;
        }
    }

    private static void visitArray(Object[] array, Visitor visitor) {
        boolean go = true;
        for (int i = 0; i < array.length && go; i++) {
            int index = i;
            go = tell(visitor, array[i], () -> "[" + index + "]");
        }
    }

    private static boolean visitContents(Object object, Visitor visitor) {
        Class<?> library = object.getClass();
        while (!isJdk(library)) {
            library = library.getSuperclass();
        }
        if (object instanceof Collection<?> collection && Collection.class.isAssignableFrom(library)) {
            int index = 0;
            for (Object element : collection) {
                int at = index++;
                if (!tell(visitor, element, () -> "[" + at + "]")) {
                    return false;
                }
            }
        } else if (object instanceof Map<?, ?> map && Map.class.isAssignableFrom(library)) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object key = entry.getKey();
                if (!tell(visitor, entry.getValue(), () -> keyLabel(key))
                        || !tell(visitor, key, () -> " -> key")) {
                    return false;
                }
            }
        } else if (object instanceof AtomicReference<?> reference) {
            return tell(visitor, reference.get(), () -> ".value");
        } else if (object instanceof Optional<?> optional) {
            return tell(visitor, optional.orElse(null), () -> ".value");
        } else if (object instanceof Map.Entry<?, ?> entry && Map.Entry.class.isAssignableFrom(library)) {
            return tell(visitor, entry.getKey(), () -> ".key") && tell(visitor, entry.getValue(), () -> ".value");
        } else if (object instanceof Throwable throwable) {
            return visitThrowable(throwable, visitor);
        }
        return true;
    }

    private static boolean visitThrowable(Throwable throwable, Visitor visitor) {
        boolean go = tell(visitor, throwable.getCause(), () -> ".cause");
        for (Throwable suppressed : throwable.getSuppressed()) {
            go = go && tell(visitor, suppressed, () -> ".suppressed");
        }
        return go;
    }

    private static void visitFields(Object object, boolean transients, Visitor visitor) {
        for (Class<?> type = object.getClass(); Serializable.class.isAssignableFrom(type)
                && !isJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !field.getType().isPrimitive()
                        && (transients || !Modifier.isTransient(modifiers)) && !visitField(object, field, visitor)) {
                    return;
                }
            }
        }
    }

    private static boolean visitField(Object object, Field field, Visitor visitor) {
        if (!field.trySetAccessible()) {
            return true;
        }
        Object part;
        try {
            part = field.get(object);
        } catch (IllegalAccessException e) {
            return true;
        }
        if (part == null) {
            return true;
        }
        String name = field.getName();
        // The compiler's own fields, of a class inside a method or inside an object.
        if (field.isSynthetic() && name.startsWith("val$")) {
            return tell(visitor, part, () -> " -> captured '" + name.substring("val$".length()) + "'");
        }
        if (field.isSynthetic() && name.startsWith("this$")) {
            return tellNamed(visitor, part, () -> GraphPath.CAPTURED_THIS + Names.of(part) + ")");
        }
        return tell(visitor, part, () -> "." + name);
    }

    static boolean tell(Visitor visitor, @Nullable Object part, Supplier<String> label) {
        return part == null || isPlain(part) || visitor.part(part, label, false);
    }

    static boolean tellNamed(Visitor visitor, Object part, Supplier<String> label) {
        return isPlain(part) || visitor.part(part, label, true);
    }

    private static boolean isPlain(Object part) {
        Class<?> type = part.getClass();
        boolean value = isJdk(type) && part instanceof Comparable && type.getName().startsWith("java.lang.");
        boolean primitives = type.isArray() && type.getComponentType().isPrimitive();
        return value || primitives || part instanceof Enum || part instanceof Class;
    }

    /** The label of a map's value, without asking the key for its toString unless the key is the JDK's. */
    private static String keyLabel(@Nullable Object key) {
        if (key instanceof String string) {
            return "['" + Preview.line(string, MAX_KEY_CHARS) + "']";
        }
        if (key instanceof Enum<?> constant) {
            return "[" + constant.name() + "]";
        }
        if (key == null || key instanceof Boolean || (key instanceof Number && isJdk(key.getClass()))) {
            return "[" + key + "]";
        }
        return "[key of " + Names.of(key) + "]";
    }

    private static boolean isJdk(Class<?> type) {
        return type.getClassLoader() == null;
    }
}
