package io.farmhand.internal.serial;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NoSuchElementException;

/**
 * A run of items in one buffer: how to count, cut and walk it without decoding or copying. {@link Tag} has the layout.
 *
 * <p>No method here changes the position of the buffer it is given. A block whose lengths are wrong gives an
 * {@link IllegalArgumentException}.
 */
public final class Items {
    private static final int LENGTH_BYTES = 4;

    private Items() {}

    /** How many items the block holds. */
    public static int count(ByteBuffer block) {
        ByteBuffer bytes = littleEndian(block);
        int count = 0;
        for (int at = bytes.position(); at < bytes.limit(); at = next(bytes, at)) {
            count++;
        }
        return count;
    }

    /**
     * Cuts a run of items out of a block.
     *
     * @param block a run of items
     * @param fromItem how many items to leave out at the start
     * @param itemCount how many items to take
     * @return a little-endian view of those items with their lengths
     * @throws IllegalArgumentException if the block is malformed or has fewer items
     */
    public static ByteBuffer slice(ByteBuffer block, int fromItem, int itemCount) {
        if (fromItem < 0 || itemCount < 0) {
            throw new IllegalArgumentException("negative run: fromItem=" + fromItem + " itemCount=" + itemCount);
        }
        ByteBuffer bytes = littleEndian(block);
        int from = skip(bytes, bytes.position(), fromItem);
        int to = skip(bytes, from, itemCount);
        return bytes.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Walks the items of the block in order. */
    public static Cursor cursor(ByteBuffer block) {
        return new Cursor(littleEndian(block));
    }

    /** Whether an item stands for a failure and not for a value. */
    public static boolean isFailure(ByteBuffer item) {
        return item.hasRemaining() && item.get(item.position()) == Tag.FAILURE;
    }

    /**
     * The message in an item that stands for a failure.
     *
     * @throws IllegalArgumentException if it does not
     */
    public static ByteBuffer failureBody(ByteBuffer item) {
        if (!isFailure(item)) {
            throw new IllegalArgumentException("the item is not a failure: itemBytes=" + item.remaining()
                    + (item.hasRemaining() ? " tag=" + item.get(item.position()) : ""));
        }
        return item.slice(item.position() + 1, item.remaining() - 1).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer littleEndian(ByteBuffer block) {
        return block.order() == ByteOrder.LITTLE_ENDIAN ? block : block.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int skip(ByteBuffer bytes, int from, int itemCount) {
        int at = from;
        for (int i = 0; i < itemCount; i++) {
            if (at == bytes.limit()) {
                throw new IllegalArgumentException("the block is short of items: missing=" + (itemCount - i));
            }
            at = next(bytes, at);
        }
        return at;
    }

    /** Where the item after the one at that place begins. */
    private static int next(ByteBuffer bytes, int at) {
        int room = bytes.limit() - at - LENGTH_BYTES;
        if (room < 0) {
            throw new IllegalArgumentException("malformed block: an item's length is cut short, bytesLeft="
                    + (room + LENGTH_BYTES));
        }
        int length = bytes.getInt(at);
        if (length < 1 || length > room) {
            throw new IllegalArgumentException("malformed block: an item's length is out of range, length=" + length
                    + " bytesLeft=" + room);
        }
        return at + LENGTH_BYTES + length;
    }

    /** Walks a block, item by item. It belongs to one thread. */
    public static final class Cursor {
        final ByteBuffer bytes;
        private final int limit;
        /** Where the tag of the item at hand is; it ends at {@link #at}. */
        private int start;
        private int at;

        private Cursor(ByteBuffer bytes) {
            this.bytes = bytes;
            this.start = bytes.position();
            this.at = start;
            this.limit = bytes.limit();
        }

        /** Where the tag of the item at hand is. */
        int start() {
            return start;
        }

        /** Where the item at hand ends. */
        int end() {
            return at;
        }

        /** Whether there is an item after this place. */
        public boolean hasNext() {
            return at < limit;
        }

        /**
         * Steps on to the next item, which is then at hand.
         *
         * @throws IllegalArgumentException if its length is wrong
         * @throws NoSuchElementException at the end of the block
         */
        public void step() {
            if (at >= limit) {
                throw new NoSuchElementException("the block has no more items");
            }
            int next = Items.next(bytes, at);
            start = at + LENGTH_BYTES;
            at = next;
        }

        /** A little-endian view of the tag and the body of the item at hand. */
        public ByteBuffer item() {
            return bytes.slice(start, at - start).order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Steps on and gives a view of that item: see {@link #step} and {@link #item}. */
        public ByteBuffer next() {
            step();
            return item();
        }

        /** Whether the item at hand stands for a failure and not for a value. */
        public boolean isFailure() {
            return start < at && bytes.get(start) == Tag.FAILURE;
        }
    }
}
