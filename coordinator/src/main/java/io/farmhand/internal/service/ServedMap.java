package io.farmhand.internal.service;

import io.farmhand.managed.TravellingBiFunction;
import io.farmhand.managed.TravellingFunction;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A map in the memory of a server. A user's function runs while the entry that it changes is locked: that is what makes it
 * atomic.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class ServedMap<K, V> extends AbstractMap<K, V> implements MapFace<K, V> {
    private final ConcurrentHashMap<K, V> map = new ConcurrentHashMap<>();

    @Override
    public Map<K, V> copy() {
        return new HashMap<>(map);
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return map.entrySet();
    }

    @Override
    public Set<K> keySet() {
        return map.keySet();
    }

    @Override
    public Collection<V> values() {
        return map.values();
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        return map.get(key);
    }

    @Override
    public V getOrDefault(Object key, V otherwise) {
        return map.getOrDefault(key, otherwise);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return map.containsKey(key);
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return map.containsValue(value);
    }

    @Override
    public @Nullable V put(K key, V value) {
        return map.put(key, value);
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> all) {
        map.putAll(all);
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return map.putIfAbsent(key, value);
    }

    @Override
    public @Nullable V remove(@Nullable Object key) {
        return map.remove(key);
    }

    @Override
    public boolean remove(Object key, @Nullable Object value) {
        return map.remove(key, value);
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return map.replace(key, value);
    }

    @Override
    public boolean replace(K key, V before, V after) {
        return map.replace(key, before, after);
    }

    @Override
    public void clear() {
        map.clear();
    }

    @Override
    public @Nullable V merge(K key, V value,
            TravellingBiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return map.merge(key, value, function);
    }

    @Override
    public @Nullable V compute(K key,
            TravellingBiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return map.compute(key, function);
    }

    @Override
    public @Nullable V computeIfAbsent(K key, TravellingFunction<? super K, ? extends @Nullable V> function) {
        return map.computeIfAbsent(key, function);
    }

    @Override
    public @Nullable V computeIfPresent(K key,
            TravellingBiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return map.computeIfPresent(key, function);
    }

    @Override
    public void replaceAll(TravellingBiFunction<? super K, ? super V, ? extends V> function) {
        map.replaceAll(function);
    }
}
