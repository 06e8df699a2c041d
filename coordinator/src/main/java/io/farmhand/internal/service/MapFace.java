package io.farmhand.internal.service;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.internal.remote.ByContent;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.TravellingBiFunction;
import io.farmhand.managed.TravellingFunction;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map that a server keeps, as its users see it.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@AtCaller
public interface MapFace<K, V> extends ManagedMap<K, V>, ByContent {
    @Override
    default Set<K> keySet() {
        return Collections.unmodifiableMap(copy()).keySet();
    }

    @Override
    default Collection<V> values() {
        return Collections.unmodifiableMap(copy()).values();
    }

    @Override
    default Set<Map.Entry<K, V>> entrySet() {
        return Collections.unmodifiableMap(copy()).entrySet();
    }

    @Override
    default void forEach(BiConsumer<? super K, ? super V> action) {
        copy().forEach(action);
    }

    @Override
    default boolean contentEquals(@Nullable Object other) {
        return copy().equals(other);
    }

    @Override
    default int contentHash() {
        return copy().hashCode();
    }

    @Override
    default @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        if (function instanceof Serializable) {
            TravellingBiFunction<V, V, @Nullable V> travelling = function::apply;
            return merge(key, value, travelling);
        }
        return ManagedMap.super.merge(key, value, function);
    }

    @Override
    default @Nullable V compute(K key,
            BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        if (function instanceof Serializable) {
            TravellingBiFunction<K, @Nullable V, @Nullable V> travelling = function::apply;
            return compute(key, travelling);
        }
        return ManagedMap.super.compute(key, function);
    }

    @Override
    default @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        if (function instanceof Serializable) {
            TravellingFunction<K, @Nullable V> travelling = function::apply;
            return computeIfAbsent(key, travelling);
        }
        return ManagedMap.super.computeIfAbsent(key, function);
    }

    @Override
    default @Nullable V computeIfPresent(K key,
            BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        if (function instanceof Serializable) {
            TravellingBiFunction<K, V, @Nullable V> travelling = function::apply;
            return computeIfPresent(key, travelling);
        }
        return ManagedMap.super.computeIfPresent(key, function);
    }

    @Override
    default void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        if (function instanceof Serializable) {
            TravellingBiFunction<K, V, V> travelling = function::apply;
            replaceAll(travelling);
            return;
        }
        for (Map.Entry<K, V> entry : copy().entrySet()) {
            var _ = computeIfPresentHere(entry.getKey(), function);
        }
    }

    /** {@link #computeIfPresent} by the caller. */
    private @Nullable V computeIfPresentHere(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        return ManagedMap.super.computeIfPresent(key, function);
    }
}
