package io.farmhand.internal.remote;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An interface whose objects a server keeps: its methods, each with a number by which it is called.
 *
 * <p>A method that the face declares anew with another result stands there once, with the most special result.
 */
final class ServedType {
    private final int id;
    private final Class<?> face;
    private final Method[] methods;
    private final String[] signatures;

    /** @param face the interface that proxies implement */
    ServedType(int id, Class<?> face) {
        this.id = id;
        this.face = face;
        Map<String, Method> remote = new TreeMap<>();
        for (Method method : face.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !runsAtCaller(method)) {
                remote.merge(signature(method), method, ServedType::special);
            }
        }
        try {
            remote.put("toString()", Object.class.getMethod("toString"));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every object has it", e);
        }
        methods = remote.values().toArray(Method[]::new);
        signatures = remote.keySet().toArray(String[]::new);
        for (Method method : methods) {
            if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
                method.setAccessible(true);
            }
        }
    }

    private static Method special(Method one, Method other) {
        return one.getReturnType().isAssignableFrom(other.getReturnType()) ? other : one;
    }

    /** Whether a method of a proxy runs where it is called. */
    static boolean runsAtCaller(Method method) {
        return method.isDefault() && method.getDeclaringClass().isAnnotationPresent(AtCaller.class);
    }

    /** What a method is known by on both sides. */
    static String signature(Method method) {
        StringBuilder text = new StringBuilder(method.getName()).append('(');
        String comma = "";
        for (Class<?> type : method.getParameterTypes()) {
            text.append(comma).append(type.getName());
            comma = ",";
        }
        return text.append(')').toString();
    }

    /** The number of this type at its server. */
    int id() {
        return id;
    }

    /** The interface that proxies implement. */
    Class<?> face() {
        return face;
    }

    /** What the methods are known by; a method's number is its place here. */
    String[] signatures() {
        return signatures.clone();
    }

    /** The method of a number. */
    Method method(int number) {
        if (number < 0 || number >= methods.length) {
            throw new IllegalArgumentException("there is no such method: type=" + face.getName() + " method=" + number);
        }
        return methods[number];
    }

    /** The method that a method of a proxy means; null when it is none of these. */
    @Nullable
    Method method(String signature) {
        int at = Arrays.binarySearch(signatures, signature);
        return at < 0 ? null : methods[at];
    }

    /**
     * Calls a method.
     *
     * @throws Throwable what the method throws
     */
    static @Nullable Object invoke(Method method, Object target, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
