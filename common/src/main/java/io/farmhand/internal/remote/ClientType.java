package io.farmhand.internal.remote;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A type of a server's objects, as a client knows it: which number each method of a proxy has there. */
final class ClientType {
    private final int number;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Method, Known> methods = new ConcurrentHashMap<>();

    /**
     * A method of a proxy.
     *
     * @param number its number at the server
     * @param runsAtCaller whether the server is not asked
     * @param interruptible whether an interrupt of the caller is for the call
     */
    record Known(int number, boolean runsAtCaller, boolean interruptible) {}

    /** @param signatures what the server says its methods are known by, in the order of their numbers */
    ClientType(int number, List<?> signatures) {
        this.number = number;
        for (int i = 0; i < signatures.size(); i++) {
            numbers.put(String.valueOf(signatures.get(i)), i);
        }
    }

    int number() {
        return number;
    }

    /** What is known of a method. */
    Known method(Method method, ObjectClient client) {
        Known known = methods.get(method);
        return known != null ? known : methods.computeIfAbsent(method, wanted -> find(wanted, client));
    }

    private Known find(Method method, ObjectClient client) {
        if (ServedType.runsAtCaller(method)) {
            return new Known(-1, true, false);
        }
        Integer there = numbers.get(ServedType.signature(method));
        if (there == null) {
            throw new UnsupportedOperationException("The object's own interface has no such method: method=" + method
                    + " server: " + client.key() + ". Run the same build on both sides.");
        }
        boolean interruptible = Arrays.stream(method.getExceptionTypes())
                .anyMatch(declared -> declared.isAssignableFrom(InterruptedException.class));
        return new Known(there, false, interruptible);
    }
}
