package io.farmhand.internal.worker;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.internal.wire.Wire;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the coordinator of what an item threw: as text always, and as the exception itself where it can be written.
 * Owned by the runner, since it runs the exception's own code.
 */
final class FailureEncoder {
    /**
     * Longer stacks, messages and exceptions are cut or left out: an error is not a data channel, and Ready carries one
     * whole.
     */
    private static final int TEXT_CHARS = 64 * 1024;
    private static final long EXCEPTION_BYTES = Wire.FRAME_BYTES / 2;

    private final PayloadBuffer encoded = new PayloadBuffer();
    private final ValueWriter writer;

    FailureEncoder(long maxItemBytes) {
        writer = new ValueWriter(encoded, Math.min(maxItemBytes, EXCEPTION_BYTES));
    }

    /** The body of the failure's item. */
    byte[] encode(TaskFailure.Stage stage, Throwable thrown, boolean argumentRead, @Nullable Object argument) {
        String preview = argumentRead ? Preview.of(argument) : "";
        String stack = stack(thrown);
        ByteBuffer exception = ByteBuffer.allocate(0);
        if (stage == TaskFailure.Stage.RUNNING) { // what we threw, its text says it all
            try {
                writer.writeValue(thrown);
                exception = encoded.detach();
            } catch (Throwable e) {
                encoded.truncate(0);
                stack = stack.stripTrailing() + System.lineSeparator() + "(It was not sent as itself: " + message(e)
                        + ")";
            }
        }
        return new TaskFailure(stage, thrown.getClass().getName(), message(thrown), stack, preview, exception).encode();
    }

    private static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : cut(message);
        } catch (Throwable e) {
            return "(its getMessage threw " + e.getClass().getName() + ")";
        }
    }

    /** The stack as text, whatever the exception's own code does. */
    static String stack(Throwable thrown) {
        try {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return cut(text.toString());
        } catch (Throwable e) {
            return "(its printStackTrace threw " + e.getClass().getName() + ")";
        }
    }

    private static String cut(String text) {
        return text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS) + "...";
    }
}
