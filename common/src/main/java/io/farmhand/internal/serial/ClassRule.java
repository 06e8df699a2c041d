package io.farmhand.internal.serial;

import java.io.ObjectInputFilter.FilterInfo;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/** Which classes a payload may name. Stateless. */
@FunctionalInterface
interface ClassRule {
    /** Lets all through: the bounds of {@link ResultFilter} alone hold. */
    ClassRule ANY = _ -> null;

    /** Lets only those through whose reading runs no code but the JDK's and ours. */
    ClassRule PLAIN = info -> {
        Class<?> type = info.serialClass();
        return type == null || isPlain(element(type))
                ? null
                : "reading it would run code of its own, class=" + Names.of(type) + ".";
    };

    /**
     * Why a class is refused, and what to do, in words with a full stop; null when it is let through.
     *
     * @param info as the stream tells it, which may be of no class
     */
    @Nullable
    String refusal(FilterInfo info);

    /** The class itself, or what an array of it, of any dimension, holds. */
    static Class<?> element(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element;
    }

    private static boolean isPlain(Class<?> element) {
        boolean jdk = element.getClassLoader() == null && element != SerializedLambda.class;
        return jdk || element == StandIn.class || element == StandIn.Kind.class || element == Pair.class;
    }
}
