package io.farmhand.internal.serial;

import org.jspecify.annotations.Nullable;

/** Names of classes for messages, without running any user code. */
final class Names {
    private static final String LAMBDA = "$$Lambda";
    private static final int MAX_CHARS = 200;

    private Names() {}

    /** The name of the value's class. */
    static String of(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        return value instanceof Pair ? "a pair of arguments" : of(value.getClass());
    }

    /** The class's name as one writes it; of a lambda, which has none that says anything, where it stands. */
    static String of(Class<?> type) {
        if (isLambda(type)) {
            Class<?>[] interfaces = type.getInterfaces();
            String kind = interfaces.length == 0 ? "" : of(interfaces[0]) + " ";
            return kind + "lambda in " + lambdaHost(type);
        }
        String name = type.getTypeName();
        return name.length() > MAX_CHARS ? name.substring(0, MAX_CHARS) + "…" : name;
    }

    static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.getName().contains(LAMBDA);
    }

    private static String lambdaHost(Class<?> type) {
        String name = type.getName();
        return name.substring(0, name.indexOf(LAMBDA));
    }
}
