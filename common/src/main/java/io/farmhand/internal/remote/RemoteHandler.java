package io.farmhand.internal.remote;

import io.farmhand.internal.socket.Receiver;
import io.farmhand.sync.Handle;
import io.farmhand.sync.HandleClosedException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Answers for a proxy in a process where the object does not live: asks its server. One for all proxies of an object. */
final class RemoteHandler implements InvocationHandler, RemoteObject, Serializable {
    private static final long serialVersionUID = 1L;
    private static final @Nullable Object[] NONE = {};

    private final transient ObjectClient client;
    private final transient long object;
    private final transient ClientType type;

    RemoteHandler(ObjectClient client, long object, ClientType type) {
        this.client = client;
        this.object = object;
        this.type = type;
    }

    @Override
    public ServerKey server() {
        return client.key();
    }

    @Override
    public long object() {
        return object;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable
        Object[] arguments = given == null ? NONE : given;
        if (Proxies.isObjects(method)) {
            return switch (method.getName()) {
                case "equals" -> Proxies.equals(proxy, this, arguments[0]);
                case "hashCode" -> Proxies.hashCode(proxy, this);
                default -> text(proxy, method);
            };
        }
        ClientType.Known known = type.method(method, client);
        if (known.runsAtCaller()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            return client.call(object, known, Proxies.sendable(method, arguments));
        } catch (HandleClosedException e) {
            if (proxy instanceof Handle) {
                switch (method.getName()) {
                    case "isClosed" -> {
                        return true;
                    }
                    case "close" -> {
                        return null;
                    }
                    default -> {
                        // it cannot be done
                    }
                }
            }
            throw e;
        } finally {
            java.lang.ref.Reference.reachabilityFence(this);
            java.lang.ref.Reference.reachabilityFence(arguments);
        }
    }

    private Object text(Object proxy, Method method) throws Throwable {
        try {
            return String.valueOf(client.call(object, type.method(method, client), NONE));
        } catch (HandleClosedException e) {
            return proxy.getClass().getInterfaces()[0].getSimpleName() + "[gone: " + client.key() + "]";
        }
    }

    @SuppressWarnings("unused") // called by serialization
    private Object writeReplace() {
        client.key().checkMaySetOut(object -> Proxies.isOf(object, this));
        try {
            long token = Receiver.current() instanceof ObjectClient talking && talking.equals(client)
                    ? 0
                    : client.hold(object);
            return new Reference(client.key(), object, type.number(), token);
        } finally {
            java.lang.ref.Reference.reachabilityFence(this);
        }
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }
}
