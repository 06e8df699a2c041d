package io.farmhand.internal.remote;

import io.farmhand.internal.jvm.Origins;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.Receiver;
import io.farmhand.sync.RemoteCallException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What an object threw, on its way from the server to the caller. Stateless. */
final class CallFailure {
    private CallFailure() {}

    /** Writes an answer that is a failure; an exception that cannot be serialized goes as text only. */
    static void write(PayloadBuffer out, Throwable thrown, Receiver receiver) {
        int start = out.size();
        @Nullable
        Object[] parts = {thrown.getClass().getName(), message(thrown), stack(thrown), thrown};
        try {
            out.putByte(Talk.FAILURE);
            Talk.writeItems(out, parts, receiver);
        } catch (UnwritableValueException | RuntimeException | StackOverflowError e) {
            out.truncate(start);
            parts[3] = null;
            out.putByte(Talk.FAILURE);
            try {
                Talk.writeItems(out, parts, receiver);
            } catch (UnwritableValueException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : message;
        } catch (RuntimeException e) {
            return "its message cannot be had";
        }
    }

    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(text, true));
        } catch (RuntimeException e) {
            text.append("its stack cannot be had");
        }
        return text.toString();
    }

    /**
     * What the caller is to see of a failure.
     *
     * @param message the answer, after its first byte
     * @param where the server, in words
     */
    static Throwable read(ByteBuffer message, String where) throws UnreadableValueException {
        Items.Cursor items = Items.cursor(message);
        String type = String.valueOf(Talk.next(items));
        String text = String.valueOf(Talk.next(items));
        String stack = String.valueOf(Talk.next(items));
        String what = "It failed in the process that keeps the object: " + where + ": " + type
                + (text.isEmpty() ? "" : ": " + text);
        RemoteCallException origin = new RemoteCallException(what, type, stack);
        try {
            if (Talk.next(items) instanceof Throwable thrown) {
                if (!(thrown instanceof RemoteCallException)) {
                    Origins.attach(thrown, origin);
                }
                return thrown;
            }
        } catch (UnreadableValueException e) {
            origin.addSuppressed(e);
        }
        RemoteCallException whole = new RemoteCallException(what + System.lineSeparator() + "The stack there: " + stack,
                type, stack);
        for (Throwable suppressed : origin.getSuppressed()) {
            whole.addSuppressed(suppressed);
        }
        return whole;
    }
}
