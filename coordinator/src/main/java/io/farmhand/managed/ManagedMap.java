package io.farmhand.managed;

import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map that a manager keeps, as Python's {@code Manager.dict}. Its entries have no order; there are no null keys or values.
 *
 * <p>What changes an entry by a function does so where the map lives, and nobody sees anything between: the methods that
 * take functions which can travel are chosen for lambdas and method references by themselves. A function that cannot
 * travel is applied by the caller, again when the entry has changed meanwhile, as {@link ConcurrentMap} says.
 *
 * <p>{@code keySet}, {@code values} and {@code entrySet} are unmodifiable copies. A value that comes from the map is a copy,
 * too: a change of it is for everybody only when it is put back, as in Python. What a manager made, such as a list, can be
 * put into it; what comes back is that list.
 *
 * @param <K> the keys; they need {@code equals} and {@code hashCode}, and must be serializable
 * @param <V> the values, which must be serializable
 */
public interface ManagedMap<K, V> extends ConcurrentMap<K, V> {
    /** All entries, copied at one moment each. */
    Map<K, V> copy();

    /** {@link ConcurrentMap#merge}, where the map lives. */
    @Nullable
    V merge(K key, V value, TravellingBiFunction<? super V, ? super V, ? extends @Nullable V> function);

    /** {@link ConcurrentMap#compute}, where the map lives. */
    @Nullable
    V compute(K key, TravellingBiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function);

    /** {@link ConcurrentMap#computeIfAbsent}, where the map lives. */
    @Nullable
    V computeIfAbsent(K key, TravellingFunction<? super K, ? extends @Nullable V> function);

    /** {@link ConcurrentMap#computeIfPresent}, where the map lives. */
    @Nullable
    V computeIfPresent(K key, TravellingBiFunction<? super K, ? super V, ? extends @Nullable V> function);

    /** {@link ConcurrentMap#replaceAll}, where the map lives. */
    void replaceAll(TravellingBiFunction<? super K, ? super V, ? extends V> function);

    @Override
    default @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return ConcurrentMap.super.merge(key, value, function);
    }

    @Override
    default @Nullable V compute(K key,
            BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return ConcurrentMap.super.compute(key, function);
    }

    @Override
    default @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return ConcurrentMap.super.computeIfAbsent(key, function);
    }

    @Override
    default @Nullable V computeIfPresent(K key,
            BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return ConcurrentMap.super.computeIfPresent(key, function);
    }

    @Override
    default void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        ConcurrentMap.super.replaceAll(function);
    }
}
