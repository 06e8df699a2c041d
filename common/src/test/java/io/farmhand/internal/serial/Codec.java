package io.farmhand.internal.serial;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Short ways to write and read one value. */
final class Codec {
    static final ValueReader TRUSTING = ValueReader.trusting(Codec.class.getClassLoader());
    static final ValueReader FILTERING = ValueReader.filtering(Codec.class.getClassLoader());

    private Codec() {}

    static ByteBuffer encode(@Nullable Object value) throws UnwritableValueException {
        PayloadBuffer out = new PayloadBuffer();
        new ValueWriter(out, Integer.MAX_VALUE).writeValue(value);
        return out.detach();
    }

    static byte[] bytes(@Nullable Object value) throws UnwritableValueException {
        ByteBuffer encoded = encode(value);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    static byte tag(@Nullable Object value) throws UnwritableValueException {
        return encode(value).get(0);
    }

    static ByteBuffer over(byte... bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static @Nullable Object roundTrip(@Nullable Object value) throws Exception {
        return FILTERING.read(encode(value));
    }
}
