package io.farmhand.internal.code;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.ClassBundle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Classes that exist in memory only, as workers get them.
 *
 * @param classes what is in it
 * @param sha256 of the value, in hexadecimal: what names it
 * @param value the encoded bundle as an encoded value
 */
public record MemoryBundle(ClassBundle classes, String sha256, ByteBuffer value) {
    static MemoryBundle of(ClassBundle classes) {
        PayloadBuffer buffer = new PayloadBuffer();
        try {
            new ValueWriter(buffer, Integer.MAX_VALUE).writeValue(classes.encode());
        } catch (UnwritableValueException e) {
            throw new IllegalStateException("classes in memory that no array holds", e);
        }
        ByteBuffer value = buffer.detach();
        MessageDigest digest = Hashes.digest();
        digest.update(value.duplicate());
        return new MemoryBundle(classes, Hashes.hex(digest), value);
    }
}
