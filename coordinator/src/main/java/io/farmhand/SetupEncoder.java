package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Travel;
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
     * @return without bytes when there is neither
     * @throws TaskSerializationException when one cannot be serialized; the message says which
     */
    static ByteBuffer encode(PoolOptions options) {
        if (options.initializer() == null && options.finalizer() == null) {
            return ByteBuffer.allocate(0);
        }
        check("initializer", options.initializer(), options.maxPayloadBytes());
        check("finalizer", options.finalizer(), options.maxPayloadBytes());
        return encode("initializer and the finalizer", new Setup(options.initializer(), options.finalizer()),
                options.maxPayloadBytes());
    }

    private static void check(String name, @Nullable Object action, long maxBytes) {
        if (action != null) {
            Travel travel = Travel.toOne();
            ByteBuffer _ = travel.serialize(() -> encode(name, action, maxBytes));
            travel.undo();
        }
    }

    private static ByteBuffer encode(String name, Object value, long maxBytes) {
        PayloadBuffer encoded = new PayloadBuffer();
        try {
            new ValueWriter(encoded, maxBytes).writeValue(value);
            return encoded.detach();
        } catch (UnwritableValueException e) {
            throw new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                    "The " + name + " cannot be sent to workers: " + e.getMessage(), e);
        }
    }
}
