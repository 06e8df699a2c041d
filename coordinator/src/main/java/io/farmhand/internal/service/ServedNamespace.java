package io.farmhand.internal.service;

import io.farmhand.managed.Namespace;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A namespace in the memory of a server. Its monitor guards it. */
final class ServedNamespace implements Namespace {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    @Override
    public synchronized @Nullable Object get(String name) {
        if (!values.containsKey(name)) {
            throw new NoSuchElementException("the namespace has no such name: name=" + name + " names="
                    + values.keySet());
        }
        return values.get(name);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return type.cast(get(name));
    }

    @Override
    public synchronized void set(String name, @Nullable Object value) {
        values.put(name, value);
    }

    @Override
    public synchronized boolean remove(String name) {
        boolean had = values.containsKey(name);
        values.remove(name);
        return had;
    }

    @Override
    public synchronized Set<String> names() {
        return new LinkedHashSet<>(values.keySet());
    }

    @Override
    public synchronized String toString() {
        return "Namespace" + values;
    }
}
