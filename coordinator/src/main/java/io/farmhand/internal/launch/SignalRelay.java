package io.farmhand.internal.launch;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Passes SIGINT on to a child and stays, so that the child can end in its own time. From a terminal it comes to both, so the
 * child gets it twice. Must compile for Java 8; where there are no signals or process ids it does nothing, and SIGINT ends
 * this JVM as it does any.
 */
public final class SignalRelay {
    private SignalRelay() {}

    /** Passes it on from now on. */
    public static void passInterruptsOn(Process child) {
        try {
            final Object pid = Process.class.getMethod("pid").invoke(child); // since Java 9
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object relay = Proxy.newProxyInstance(SignalRelay.class.getClassLoader(), new Class<?>[]{handler},
                    new InvocationHandler() {
                        @Override
                        public Object invoke(Object proxy, Method method, Object[] arguments) throws IOException {
                            new ProcessBuilder("kill", "-INT", String.valueOf(pid)).start();
                            return null;
                        }
                    });
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("INT"), relay);
        } catch (ReflectiveOperationException e) {
            return;
        }
    }
}
