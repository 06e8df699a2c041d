package io.farmhand.internal.serial;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where a {@link PayloadBuffer} that grows long finds memory that other processes can map. */
public interface Room {
    /** None: what is long stays on the heap. */
    Room NONE = new Room() {
        @Override
        public @Nullable ByteBuffer lend(long sizeBytes) {
            return null;
        }

        @Override
        public void seal(ByteBuffer written) {
            throw new IllegalArgumentException("nothing was lent");
        }

        @Override
        public void giveBack(ByteBuffer lent) {
            throw new IllegalArgumentException("nothing was lent");
        }
    };

    /** Memory of at least so many bytes, with whatever in it; null when there is none to be had. */
    @Nullable
    ByteBuffer lend(long sizeBytes);

    /** So much of what was lent is the payload; the rest is not used. */
    void seal(ByteBuffer written);

    /** What was lent is not needed after all. */
    void giveBack(ByteBuffer lent);
}
