package io.farmhand.internal.jvm;

import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * What this JVM does at a signal. By reflection, since javac has no way to accept {@code sun.misc.Signal} without a
 * warning, and the JDK no other way to catch or ignore a signal. Where it cannot be had, started with -Xrs or on a JVM
 * without it, signals do what they always do: they end the JVM.
 */
public final class Signals {
    private Signals() {}

    /** Ctrl-C goes to every process of a terminal; what then becomes of the workers is the coordinator's decision. */
    public static void leaveInterruptsToTheParent() {
        try {
            handle("INT", handlerType().getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            return;
        }
    }

    /** At each SIGTERM runs something, on a thread of its own, and no longer exits. */
    public static void onTerminate(Runnable action) {
        on("TERM", action);
    }

    /** As {@link #onTerminate} for SIGINT, which is what Ctrl-C sends. */
    public static void onInterrupt(Runnable action) {
        on("INT", action);
    }

    /**
     * Whether this JVM ends because of a signal, and not because its program has: to be asked while shutdown hooks run.
     * The thread that waits for the hooks then is the one on which the JDK handles the signal.
     */
    public static boolean endThisJvm() {
        return Thread.getAllStackTraces().values().stream().flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().startsWith("java.lang.Terminator"));
    }

    private static void on(String name, Runnable action) {
        try {
            Class<?> type = handlerType();
            handle(name, Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[]{type},
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
