package io.farmhand.internal.worker;

import io.farmhand.internal.jvm.FailureText;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.internal.wire.Wire;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the coordinator of what an item threw: as text always, and as the exception itself where it can be written.
 * Owned by the runner, since it runs the exception's own code.
 */
final class FailureEncoder {
    /** Longer exceptions are left out: an error is not a data channel, and Ready carries one whole. */
    private static final long EXCEPTION_BYTES = Wire.FRAME_BYTES / 2;

    private final PayloadBuffer encoded = new PayloadBuffer();
    private final ValueWriter writer;

    /** @param destination where exceptions go */
    FailureEncoder(long maxItemBytes, Destination destination) {
        writer = new ValueWriter(encoded, Math.min(maxItemBytes, EXCEPTION_BYTES), null, destination);
    }

    /** The body of the failure's item. */
    byte[] encode(TaskFailure.Stage stage, Throwable thrown, boolean argumentRead, @Nullable Object argument) {
        String preview = argumentRead ? Preview.of(argument) : "";
        String stack = FailureText.stack(thrown);
        ByteBuffer exception = ByteBuffer.allocate(0);
        if (stage == TaskFailure.Stage.RUNNING) { // what we threw, its text says it all
            try {
                writer.writeValue(thrown);
                exception = encoded.detach();
            } catch (Throwable e) {
                encoded.truncate(0);
                stack = stack.stripTrailing() + System.lineSeparator() + "(It was not sent as itself: "
                        + FailureText.message(e)
                        + ")";
            }
        }
        return new TaskFailure(stage, thrown.getClass().getName(), FailureText.message(thrown), stack, preview,
                exception).encode();
    }
}
