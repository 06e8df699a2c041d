package io.farmhand.internal.remote;

import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Receiver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The language of clients and servers. A client process has one life line to a server, and as many lines for calls as it has
 * threads that call at once.
 *
 * <pre>
 *   life line   HELLO_LIFE guest=i64 server=i64     ->  slot=i32 server=i64 pid=i64 (slot 0: server is another, -1: full)
 *               RELEASE object=i64 count=i32            no answer
 *               CANCEL line=i64 sequence=i32            no answer
 *               FAREWELL                                no answer
 *   call line   HELLO_CALLS guest=i64               ->  line=i64 (0: that guest is not there)
 *               CALL object=i64 method=i32 thread=i64 sequence=i32 argument…   -> answer
 *               DESCRIBE type=i32                   ->  answer: the signatures of its methods
 *               HOLD object=i64                     ->  answer: a token
 *               ARRIVE token=i64 object=i64         ->  answer: null
 *   answer      VALUE value  |  FAILURE type message stack exception
 * </pre>
 *
 * <p>Numbers are little-endian. Arguments and the parts of a failure are items, see {@link ValueWriter}.
 */
final class Talk {
    static final byte HELLO_LIFE = 1;
    static final byte HELLO_CALLS = 2;
    static final byte RELEASE = 3;
    static final byte CANCEL = 4;
    static final byte FAREWELL = 5;
    static final byte CALL = 6;
    static final byte DESCRIBE = 7;
    static final byte HOLD = 8;
    static final byte ARRIVE = 9;

    static final byte VALUE = 0;
    static final byte FAILURE = 1;

    /** The object that every server has, from which its users get all others. */
    static final long ROOT = 1;
    /** The number of its type. */
    static final int ROOT_TYPE = 0;

    private static final ValueReader READER = ValueReader.trusting(ClassLoader.getSystemClassLoader());

    private Talk() {}

    /** Writes a value for somebody. */
    static void write(PayloadBuffer out, @Nullable Object value, Receiver receiver) throws UnwritableValueException {
        ScopedValue.where(Receiver.CURRENT, receiver).<Void, UnwritableValueException>call(() -> {
            writer(out, receiver).writeValue(value);
            return null;
        });
    }

    /** Writes values for somebody, as items. */
    static void writeItems(PayloadBuffer out, @Nullable Object[] values, Receiver receiver)
            throws UnwritableValueException {
        ScopedValue.where(Receiver.CURRENT, receiver).<Void, UnwritableValueException>call(() -> {
            ValueWriter writer = writer(out, receiver);
            for (Object value : values) {
                writer.writeItem(value);
            }
            return null;
        });
    }

    private static ValueWriter writer(PayloadBuffer out, Receiver receiver) {
        return new ValueWriter(out, FrameChannel.MAX_FRAME_BYTES, null, receiver.destination());
    }

    static ByteBuffer message(byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads the value that the rest of a message is. */
    static @Nullable Object read(ByteBuffer message) throws UnreadableValueException {
        return READER.read(message);
    }

    /** Reads the items that the rest of a message is. */
    static @Nullable Object[] readItems(ByteBuffer message) throws UnreadableValueException {
        List<@Nullable Object> values = new ArrayList<>();
        for (Items.Cursor items = Items.cursor(message); items.hasNext();) {
            values.add(next(items));
        }
        return values.toArray();
    }

    /** Reads the next item. */
    static @Nullable Object next(Items.Cursor items) throws UnreadableValueException {
        items.step();
        return READER.read(items);
    }

    /** A copy of a value, made as if it had been sent. */
    static @Nullable Object copy(@Nullable Object value) throws UnwritableValueException, UnreadableValueException {
        if (value == null || isImmutable(value)) {
            return value;
        }
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, FrameChannel.MAX_FRAME_BYTES).writeValue(value);
        return READER.read(buffer.detach());
    }

    private static boolean isImmutable(Object value) {
        return value instanceof String || value instanceof Boolean || value instanceof Integer || value instanceof Long
                || value instanceof Double || value instanceof Enum<?>;
    }
}
