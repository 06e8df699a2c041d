package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.Setup;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Encodes what a pool's workers run first and last. Stateless; runs the user's serialization. */
final class SetupEncoder {
    private SetupEncoder() {}

    /**
     * Encodes initializer and finalizer.
     *
     * @param blobs where classes are put that travel beside them
     * @return without bytes when there is neither
     * @throws TaskSerializationException when one cannot be serialized; the message says which
     */
    static ByteBuffer encode(PoolOptions options, BlobStore blobs) {
        if (options.initializer() == null && options.finalizer() == null) {
            return ByteBuffer.allocate(0);
        }
        TravellingClasses classes = new MemoryClasses(blobs, options.maxPayloadBytes());
        check("initializer", options.initializer(), options.maxPayloadBytes(), classes);
        check("finalizer", options.finalizer(), options.maxPayloadBytes(), classes);
        return encode("initializer and the finalizer", new Setup(options.initializer(), options.finalizer()),
                options.maxPayloadBytes(), classes);
    }

    private static void check(String name, @Nullable Object action, long maxBytes, TravellingClasses classes) {
        if (action != null) {
            Travel travel = Travel.toOne();
            ByteBuffer _ = travel.serialize(() -> encode(name, action, maxBytes, classes));
            travel.undo();
        }
    }

    private static ByteBuffer encode(String name, Object value, long maxBytes, TravellingClasses classes) {
        PayloadBuffer encoded = new PayloadBuffer();
        try {
            new ValueWriter(encoded, maxBytes, classes).writeValue(value);
            return encoded.detach();
        } catch (UnwritableValueException e) {
            throw new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                    "The " + name + " cannot be sent to workers: " + e.getMessage(), e);
        }
    }
}
