package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.serial.Destination;
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
        Destination destination = PoolFarm.destination(options);
        check("initializer", options.initializer(), options.maxPayloadBytes(), classes, destination);
        check("finalizer", options.finalizer(), options.maxPayloadBytes(), classes, destination);
        return encode("initializer and the finalizer", new Setup(options.initializer(), options.finalizer()),
                options.maxPayloadBytes(), classes, destination);
    }

    private static void check(String name, @Nullable Object action, long maxBytes, TravellingClasses classes,
            Destination destination) {
        if (action != null) {
            Travel travel = Travel.toOne();
            ByteBuffer _ = travel.serialize(() -> encode(name, action, maxBytes, classes, destination));
            travel.undo();
        }
    }

    private static ByteBuffer encode(String name, Object value, long maxBytes, TravellingClasses classes,
            Destination destination) {
        PayloadBuffer encoded = new PayloadBuffer();
        try {
            new ValueWriter(encoded, maxBytes, classes, destination).writeValue(value);
            return encoded.detach();
        } catch (UnwritableValueException e) {
            throw new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                    "The " + name + " cannot be sent to workers: " + e.getMessage(), e);
        }
    }
}
