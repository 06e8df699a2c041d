package io.farmhand.internal.remote;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.Receiver;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Answers for a proxy in the JVM where the object lives: calls it at once, with copies of the arguments, as if they had
 * been sent.
 */
final class LocalHandler implements InvocationHandler, RemoteObject, Serializable {
    private static final long serialVersionUID = 1L;
    private static final @Nullable Object[] NONE = {};

    private final transient ObjectServer home;
    private final transient Served served;

    LocalHandler(ObjectServer home, Served served) {
        this.home = home;
        this.served = served;
    }

    /** What a reference becomes that has come here. */
    static LocalHandler arrived(ObjectServer home, long object, long token) {
        LocalHandler handler = new LocalHandler(home, home.table().get(object));
        if (token != 0) {
            home.table().redeem(token);
        }
        return handler;
    }

    @Override
    public ServerKey server() {
        return home.key();
    }

    @Override
    public long object() {
        return served.id();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable
        Object[] arguments = given == null ? NONE : given;
        if (Proxies.isObjects(method)) {
            switch (method.getName()) {
                case "equals" -> {
                    return Proxies.equals(proxy, this, arguments[0]);
                }
                case "hashCode" -> {
                    return Proxies.hashCode(proxy, this);
                }
                default -> {
                    // toString
                }
            }
        }
        if (ServedType.runsAtCaller(method)) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        home.check();
        Method target = served.type().method(ServedType.signature(method));
        if (target == null) {
            throw new IllegalStateException("it has no such method: " + method);
        }
        @Nullable
        Object[] copies = Proxies.sendable(method, arguments);
        try {
            for (int i = 0; i < copies.length; i++) {
                copies[i] = Talk.copy(copies[i]);
            }
        } catch (UnwritableValueException | UnreadableValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Object result = home.call(served, target, Caller.current(), Served.HERE, copies);
        try {
            return result != null && Proxies.isProxy(result) ? result : Talk.copy(result);
        } catch (UnwritableValueException | UnreadableValueException e) {
            throw Desk.refused("What the call gave cannot be copied, method=" + method.getName() + ": ", e);
        }
    }

    @SuppressWarnings("unused") // called by serialization
    private Object writeReplace() {
        home.key().checkMaySetOut(object -> Proxies.isOf(object, this));
        if (Receiver.current() instanceof Guest guest && guest.server().equals(home.key())) {
            home.table().refer(served, guest);
            return new Reference(home.key(), served.id(), served.type().id(), 0);
        }
        return new Reference(home.key(), served.id(), served.type().id(), home.table().hold(served));
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }
}
