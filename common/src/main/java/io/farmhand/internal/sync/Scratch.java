package io.farmhand.internal.sync;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import java.io.InvalidObjectException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A thread's buffers, in which it makes bytes of values and values of bytes. Small ones are kept for the next time. Reading
 * and writing run user code, which may itself send something: it gets buffers of its own then.
 */
final class Scratch implements AutoCloseable {
    /** Smaller is made anew for more messages, larger holds memory for each thread that ever sent one. */
    private static final int KEPT_BYTES = 1 << 18;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);
    private static final ValueReader READER = ValueReader.trusting(ClassLoader.getSystemClassLoader());

    private PayloadBuffer out = new PayloadBuffer();
    private byte[] in = new byte[512];
    private @Nullable Arena arena;
    private boolean taken;

    private Scratch() {}

    /** The calling thread's, until it is closed. */
    static Scratch take() {
        Scratch scratch = OF_THREAD.get();
        if (scratch.taken) {
            scratch = new Scratch();
        }
        scratch.taken = true;
        return scratch;
    }

    /**
     * The bytes of a value, until this is closed.
     *
     * @throws IllegalArgumentException if it cannot be serialized; the message names the path to the culprit
     */
    ByteBuffer write(@Nullable Object value) {
        boolean written = false;
        try {
            new ValueWriter(out, Integer.MAX_VALUE).writeValue(value);
            written = true;
            return out.view();
        } catch (UnwritableValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } finally {
            if (!written) {
                out = new PayloadBuffer();
            }
        }
    }

    /**
     * The value of some bytes.
     *
     * @throws InvalidObjectException if it cannot be read in this process
     */
    @Nullable
    Object read(ByteBuffer bytes) throws InvalidObjectException {
        try {
            return READER.read(bytes);
        } catch (UnreadableValueException e) {
            throw new InvalidObjectException(e.getMessage(), e);
        }
    }

    /** Room for so many bytes, until this is closed. */
    ByteBuffer room(int length) {
        if (in.length < length) {
            in = new byte[length <= KEPT_BYTES ? Math.max(length, 2 * in.length) : length];
        }
        return ByteBuffer.wrap(in, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** For memory that is mapped until this is closed. */
    Arena arena() {
        if (arena == null) {
            arena = Arena.ofConfined();
        }
        return arena;
    }

    @Override
    public void close() {
        if (out.size() > KEPT_BYTES) {
            out = new PayloadBuffer();
        } else {
            out.truncate(0);
        }
        if (in.length > KEPT_BYTES) {
            in = new byte[512];
        }
        Arena mapped = arena;
        arena = null;
        taken = false;
        if (mapped != null) {
            mapped.close();
        }
    }
}
