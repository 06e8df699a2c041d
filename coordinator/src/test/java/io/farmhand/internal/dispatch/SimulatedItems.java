package io.farmhand.internal.dispatch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** How arguments and results of a simulation look as bytes: a tag, and the index of the item. */
final class SimulatedItems {
    private static final int BODY_BYTES = 1 + Long.BYTES;
    private static final int ITEM_BYTES = Integer.BYTES + BODY_BYTES;
    private static final byte FAILED = 1;

    private SimulatedItems() {}

    static ByteBuffer arguments(long firstIndex, int count) {
        ByteBuffer bytes = allocate(count);
        for (int i = 0; i < count; i++) {
            put(bytes, firstIndex + i, false);
        }
        return bytes.flip();
    }

    static ByteBuffer outcome(long index, boolean failed) {
        ByteBuffer bytes = allocate(1);
        put(bytes, index, failed);
        return bytes.flip();
    }

    static ByteBuffer join(List<ByteBuffer> items) {
        ByteBuffer bytes = allocate(items.size());
        items.forEach(item -> bytes.put(item.duplicate()));
        return bytes.flip();
    }

    private static ByteBuffer allocate(int count) {
        return ByteBuffer.allocate(count * ITEM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer bytes, long index, boolean failed) {
        bytes.putInt(BODY_BYTES).put(failed ? FAILED : 0).putLong(index);
    }

    static long index(ByteBuffer item) {
        return item.getLong(item.position() + 1);
    }

    static boolean hasFailed(ByteBuffer item) {
        return item.get(item.position()) == FAILED;
    }
}
