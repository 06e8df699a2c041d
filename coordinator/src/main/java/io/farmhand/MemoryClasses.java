package io.farmhand;

import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.serial.StaticValue;
import io.farmhand.internal.serial.TravellingClasses;
import java.lang.invoke.SerializedLambda;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends classes along that exist in memory only; loads {@link MemoryCode}, which does it, when the first is met. Immutable. */
final class MemoryClasses implements TravellingClasses {
    private final BlobStore store;
    private final long maxBytes;

    /**
     * @param store where workers ask for what goes along
     * @param maxBytes how long that may be for one class
     */
    MemoryClasses(BlobStore store, long maxBytes) {
        this.store = store;
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable String note(Class<?> type) {
        return MemoryCode.note(type, store, maxBytes);
    }

    @Override
    public List<StaticValue> variables(List<SerializedLambda> lambdas, Set<Class<?>> types) {
        return MemoryCode.variables(lambdas, types);
    }
}
