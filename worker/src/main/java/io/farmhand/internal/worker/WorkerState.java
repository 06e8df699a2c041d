package io.farmhand.internal.worker;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What tasks keep in this worker between them, one value for each type.
 *
 * <p>Any thread of a task may ask. A value is made under the monitor of its own slot, so that it is made once, and one
 * that needs another may ask for it meanwhile.
 */
final class WorkerState {
    private final ConcurrentHashMap<Class<?>, Slot> slots = new ConcurrentHashMap<>();

    <S> S get(Class<S> type, Supplier<? extends S> initial) {
        Slot slot = slots.get(type);
        if (slot == null) {
            slot = slots.computeIfAbsent(type, _ -> new Slot());
        }
        return type.cast(slot.get(type, initial));
    }

    <S> S get(Class<S> type) {
        Slot slot = slots.get(type);
        Object value = slot == null ? null : slot.value;
        if (value == null) {
            throw new IllegalStateException("there is no state of type " + type.getName()
                    + " in this worker: set it in the pool's initializer, or ask with state(type, initial)");
        }
        return type.cast(value);
    }

    <S> void set(Class<S> type, S value) {
        Object checked = type.cast(Objects.requireNonNull(value, "value"));
        slots.computeIfAbsent(type, _ -> new Slot()).value = checked;
    }

    private static final class Slot {
        private volatile @Nullable Object value;

        Object get(Class<?> type, Supplier<?> initial) {
            Object present = value;
            if (present != null) {
                return present;
            }
            synchronized (this) {
                present = value;
                if (present == null) {
                    present = Objects.requireNonNull(initial.get(),
                            () -> "the state of type " + type.getName() + " was made as null");
                    value = present;
                }
                return present;
            }
        }
    }
}
