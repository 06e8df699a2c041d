package io.farmhand;

import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.code.MemoryBundle;
import io.farmhand.internal.code.MemoryWorld;
import io.farmhand.internal.code.ShellVariables;
import io.farmhand.internal.code.ShellVariables.Variable;
import io.farmhand.internal.serial.StaticValue;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.task.CarriedAction;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one call that exist in memory only: in bundles, which a worker asks for, as for a broadcast value, when it
 * reads a value that names one. They are held until the call is over; what belongs to no call, as an initializer does, until
 * the pool's end. A call that has no such classes has none of these.
 *
 * <p><b>Concurrency.</b> Owned by the thread that serializes for the call: first the one that encodes the function, then the
 * one that feeds. Only the loader is read by others.
 */
final class MemoryCode {
    private final Map<Class<?>, @Nullable String> notes = new HashMap<>();
    private final Map<String, MemoryBundle> bundles = new HashMap<>();
    private final Map<Class<?>, Set<Variable>> variables = new HashMap<>();
    /** The classes of {@link #loader} that are in some bundle, and in which. */
    private final Map<String, String> bundled = new HashMap<>();
    private volatile @Nullable ClassLoader loader;

    /**
     * What is written beside a class, as {@link TravellingClasses} says.
     *
     * @param store where workers ask for bundles
     * @param maxBytes how long a bundle may be
     */
    static @Nullable String note(Class<?> type, BlobStore store, long maxBytes) {
        return current().note(type, Travel.current(), store, maxBytes);
    }

    /** That of the call which is encoded on this thread; of what belongs to no call, a new one. */
    private static MemoryCode current() {
        Travel travel = Travel.current();
        return travel == null ? new MemoryCode() : (MemoryCode) travel.baggage(MemoryCode::new);
    }

    /** The variables that code reads, as {@link TravellingClasses} says. */
    static List<StaticValue> variables(List<SerializedLambda> lambdas, Set<Class<?>> types) {
        Map<Variable, StaticValue> values = new LinkedHashMap<>();
        for (SerializedLambda lambda : lambdas) {
            for (Class<?> type : types) {
                if (type.getName().equals(lambda.getCapturingClass().replace('/', '.'))) {
                    current().readBy(lambda, type).forEach(each -> values.put(each, value(each, type, true)));
                }
            }
        }
        for (Class<?> type : types) {
            for (Variable each : current().readBy(type)) {
                StaticValue value = value(each, type, false);
                if (isSendable(value)) {
                    values.putIfAbsent(each, value);
                }
            }
        }
        return List.copyOf(values.values());
    }

    private Set<Variable> readBy(SerializedLambda lambda, Class<?> capturing) {
        MemoryBundle bundle = bundleOf(capturing);
        return bundle == null
                ? Set.of()
                : ShellVariables.readBy(bundle.classes(), lambda.getImplClass().replace('/', '.'),
                        lambda.getImplMethodName(),
                        lambda.getImplMethodSignature());
    }

    private Set<Variable> readBy(Class<?> type) {
        return variables.computeIfAbsent(type, _ -> {
            MemoryBundle bundle = bundleOf(type);
            return bundle == null ? Set.of() : ShellVariables.readBy(bundle.classes(), type.getName());
        });
    }

    private @Nullable MemoryBundle bundleOf(Class<?> type) {
        String note = notes.get(type);
        MemoryBundle known = note == null ? null : bundles.get(note);
        return known == null ? MemoryWorld.of(type.getClassLoader()).bundle(type) : known;
    }

    private static StaticValue value(Variable variable, Class<?> reader, boolean needed) {
        StaticValue value;
        try {
            value = StaticValue.of(Class.forName(variable.className(), false, reader.getClassLoader()),
                    variable.name());
        } catch (ReflectiveOperationException e) {
            throw new TravellingClasses.RefusedException("The variable " + variable.name()
                    + " that the function reads is not there: " + e);
        }
        if (needed && !isSendable(value)) {
            throw new TravellingClasses.RefusedException("The function reads the variable " + variable.name()
                    + ", whose value, of " + Objects.requireNonNull(value.value()).getClass().getName()
                    + ", is not Serializable. Make what it needs inside the function.");
        }
        return value;
    }

    private static boolean isSendable(StaticValue value) {
        return value.value() == null || value.value() instanceof Serializable;
    }

    /** An action with the classes that went along when it was encoded; null if none did. */
    static @Nullable CarriedAction carried(ByteBuffer action, Travel travel) {
        Object baggage = travel.baggage();
        return baggage == null ? null : ((MemoryCode) baggage).carry(action);
    }

    private @Nullable CarriedAction carry(ByteBuffer action) {
        Map<String, byte[]> encoded = new HashMap<>();
        for (String note : notes.values()) {
            MemoryBundle bundle = note == null ? null : bundles.get(note);
            if (note != null && bundle != null) {
                encoded.put(note, bundle.classes().encode());
            }
        }
        return encoded.isEmpty() ? null : new CarriedAction(encoded, bytes(action));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    /** The loader of the classes that went along; null if none did. */
    static @Nullable ClassLoader loaderOf(Travel travel) {
        Object baggage = travel.baggage();
        return baggage == null ? null : ((MemoryCode) baggage).loader;
    }

    @SuppressWarnings("ReferenceEquality")
    private @Nullable String note(Class<?> type, @Nullable Travel travel, BlobStore store, long maxBytes) {
        if (notes.containsKey(type)) {
            return notes.get(type);
        }
        String note = type.getClassLoader() == loader ? bundled.get(type.getName()) : null;
        if (note == null) {
            MemoryBundle bundle = MemoryWorld.of(type.getClassLoader()).bundle(type);
            note = bundle == null ? null : hold(bundle, type, travel, store, maxBytes);
        }
        notes.put(type, note);
        return note;
    }

    @SuppressWarnings("ReferenceEquality")
    private String hold(MemoryBundle bundle, Class<?> type, @Nullable Travel travel, BlobStore store, long maxBytes) {
        if (bundle.value().remaining() > maxBytes) {
            throw new TravellingClasses.RefusedException("The class " + type.getName()
                    + " exists in memory only, and what"
                    + " would have to be sent with it is too long: classes=" + bundle.classes().classes().size()
                    + " bytes=" + bundle.value().remaining() + " maxPayload=" + maxBytes
                    + ". Raise maxPayload, or compile to files and put them on the class path.");
        }
        String sha256 = bundle.sha256();
        store.hold(sha256, bundle.value());
        bundles.put(sha256, bundle);
        if (travel != null) {
            travel.depart(new Hold(store, sha256));
        }
        if (loader == null) {
            loader = type.getClassLoader();
        }
        if (type.getClassLoader() == loader) {
            bundle.classes().classes().keySet().forEach(name -> bundled.putIfAbsent(name, sha256));
        }
        return sha256;
    }

    /** Ends with the call; what workers have made of it by then they keep. */
    private record Hold(BlobStore store, String sha256) implements Travel.Departure {
        @Override
        public void undo() {
            boolean _ = store.release(sha256);
        }

        @Override
        public void lose() {
            boolean _ = store.release(sha256);
        }
    }
}
