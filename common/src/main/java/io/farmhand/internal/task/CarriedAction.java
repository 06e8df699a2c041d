package io.farmhand.internal.task;

import io.farmhand.internal.serial.SegmentMaker;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An action with the classes that it needs and that exist in memory only. Opening it makes the loader of its classes that of
 * the thread that opens it, and is to run it.
 */
public final class CarriedAction implements Serializable {
    private static final long serialVersionUID = 1;

    private final HashMap<String, byte[]> bundles;
    private final byte[] action;

    /**
     * @param bundles encoded, by the notes that name them
     * @param action the encoded action
     */
    public CarriedAction(Map<String, byte[]> bundles, byte[] action) {
        this.bundles = new HashMap<>(bundles);
        this.action = action.clone();
    }

    /**
     * The action itself, with its classes. Not done by reading this, so that nobody can have code run by sending one.
     *
     * @throws IOException when its classes cannot be had
     * @throws UnreadableValueException when it cannot be read
     */
    public Object open() throws IOException, UnreadableValueException {
        Map<Long, MemoryLoader> loaders = new HashMap<>();
        Map<String, MemoryLoader> byNote = new HashMap<>();
        for (Map.Entry<String, byte[]> each : bundles.entrySet()) {
            ClassBundle bundle = ClassBundle.decode(each.getValue());
            MemoryLoader loader = loaders.computeIfAbsent(bundle.world(), _ -> new MemoryLoader());
            loader.add(bundle.classes());
            byNote.put(each.getKey(), loader);
        }
        Object read = ValueReader.trusting(ClassLoader.getSystemClassLoader(), SegmentMaker.COPY,
                note -> Objects.requireNonNull(byNote.get(note), note)).read(ByteBuffer.wrap(action));
        Object known = Objects.requireNonNull(read, "the action is null");
        if (known.getClass().getClassLoader() instanceof MemoryLoader loader) {
            Thread.currentThread().setContextClassLoader(loader);
        }
        return known;
    }
}
