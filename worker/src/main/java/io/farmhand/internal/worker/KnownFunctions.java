package io.farmhand.internal.worker;

import io.farmhand.internal.serial.Lambdas;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions without captured values that were read last, by their bytes: a pool's calls are often of the same few, and to
 * read one again takes longer than many an item. What captures something is read for each job anew, for a job must not find
 * what another did to it. Owned by the runner.
 */
final class KnownFunctions {
    /** More cost memory, fewer are read again in programs of many small calls. */
    private static final int MOST = 64;
    private static final int LONGEST_BYTES = 4096;

    private final ValueReader reader;
    private final Map<ByteBuffer, Object> known = new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Object> eldest) {
            return size() > MOST;
        }
    };

    KnownFunctions(ValueReader reader) {
        this.reader = reader;
    }

    /** Reads a function, or gives what was read of the same bytes before. */
    @Nullable
    Object read(ByteBuffer encoded) throws UnreadableValueException {
        if (encoded.remaining() > LONGEST_BYTES) {
            return reader.read(encoded);
        }
        Object function = known.get(encoded);
        if (function == null) {
            function = reader.read(encoded);
            if (function != null && Lambdas.capturesNothing(function) && isOfClassPath(function)) {
                byte[] bytes = new byte[encoded.remaining()];
                encoded.get(encoded.position(), bytes);
                known.put(ByteBuffer.wrap(bytes), function);
            }
        }
        return function;
    }

    /** Classes that came with a function are held by who uses them, and by nobody else. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOfClassPath(Object function) {
        return function.getClass().getClassLoader() == ClassLoader.getSystemClassLoader();
    }
}
