package io.farmhand.internal.remote;

import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes proxies, and does what all of them have in common. */
final class Proxies {
    private Proxies() {}

    /** A proxy that shows a face. */
    static Object of(Class<?> face, InvocationHandler handler) {
        ClassLoader loader = face.getClassLoader();
        return Proxy.newProxyInstance(loader == null ? ClassLoader.getSystemClassLoader() : loader,
                new Class<?>[]{face}, handler);
    }

    /** Whether something is a proxy of ours. */
    static boolean isProxy(Object object) {
        return handler(object) != null;
    }

    /** Who answers for a proxy; null if it is none of ours. */
    static @Nullable RemoteObject handler(@Nullable Object object) {
        return object != null && Proxy.isProxyClass(object.getClass())
                && Proxy.getInvocationHandler(object) instanceof RemoteObject handler ? handler : null;
    }

    /** Whether something is a proxy for which that one answers. */
    @SuppressWarnings("ReferenceEquality") // this very one
    static boolean isOf(Object object, RemoteObject handler) {
        return handler(object) == handler;
    }

    /** What {@code equals} answers. */
    static boolean equals(Object proxy, RemoteObject self, @Nullable Object other) {
        RemoteObject handler = handler(other);
        if (handler != null && handler.object() == self.object() && handler.server().equals(self.server())) {
            return true;
        }
        return proxy instanceof ByContent content && content.contentEquals(other);
    }

    /** What {@code hashCode} answers. */
    static int hashCode(Object proxy, RemoteObject self) {
        return proxy instanceof ByContent content
                ? content.contentHash()
                : Objects.hash(self.server(), self.object());
    }

    /**
     * What is sent of arguments: in place of a collection that cannot be, such as the keys of a {@code HashMap}, a list of its
     * elements, where the method takes any {@link Collection} and so asks for no more than its elements, as {@code addAll}.
     */
    static @Nullable Object[] sendable(Method method, @Nullable Object[] arguments) {
        @Nullable
        Object[] sendable = arguments.clone();
        for (int i = 0; i < sendable.length; i++) {
            if (sendable[i] instanceof Collection<?> elements && !(elements instanceof Serializable)
                    && method.getParameterTypes()[i] == Collection.class) {
                sendable[i] = new ArrayList<>(elements);
            }
        }
        return sendable;
    }

    /** Whether that is one of {@link Object}'s methods, of which a proxy answers some by itself. */
    static boolean isObjects(Method method) {
        return method.getDeclaringClass() == Object.class;
    }
}
