package io.farmhand.internal.worker;

import java.lang.reflect.Proxy;

/**
 * What this JVM does at a signal. By reflection, since javac has no way to accept {@code sun.misc.Signal} without a
 * warning, and the JDK no other way to catch or ignore a signal. Where it cannot be had, started with -Xrs or on a JVM
 * without it, signals do what they always do: they end the worker.
 */
final class Signals {
    private Signals() {}

    /** Ctrl-C goes to every process of a terminal; what then becomes of the workers is the coordinator's decision. */
    static void leaveInterruptsToTheParent() {
        try {
            handle("INT", handlerType().getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            return;
        }
    }

    /** At each SIGTERM runs something, on a thread of its own, and no longer exits. */
    static void onTerminate(Runnable action) {
        try {
            Class<?> type = handlerType();
            handle("TERM", Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[]{type},
                    (_, _, _) -> { // only its one method is ever called
                        action.run();
                        return null;
                    }));
        } catch (ReflectiveOperationException e) {
            return;
        }
    }

    private static void handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        signal.getMethod("handle", signal, handlerType()).invoke(null,
                signal.getConstructor(String.class).newInstance(name), handler);
    }

    private static Class<?> handlerType() throws ClassNotFoundException {
        return Class.forName("sun.misc.SignalHandler");
    }
}
