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
    private static final int RUN_HEADER_BYTES = LENGTH_BYTES + 1;

    private Items() {}

    /** How many items the block holds. */
    public static int count(ByteBuffer block) {
        ByteBuffer bytes = littleEndian(block);
        int count = 0;
        for (int at = bytes.position(); at < bytes.limit();) {
            int next = next(bytes, at);
            count += countAt(bytes, at);
            at = next;
        }
        return count;
    }

    /**
     * Cuts some items out of a block: a view of it, or a copy where a run is cut.
     *
     * @param block items
     * @param fromItem how many items to leave out at the start
     * @param itemCount how many items to take
     * @return those items as a little-endian block
     * @throws IllegalArgumentException if the block is malformed or has fewer items
     */
    public static ByteBuffer slice(ByteBuffer block, int fromItem, int itemCount) {
        if (fromItem < 0 || itemCount < 0) {
            throw new IllegalArgumentException("negative run: fromItem=" + fromItem + " itemCount=" + itemCount);
        }
        ByteBuffer bytes = littleEndian(block);
        Cut from = cut(bytes, new Cut(bytes.position(), 0), fromItem);
        Cut to = cut(bytes, from, itemCount);
        if (itemCount == 0 || (from.items == 0 && to.items == 0)) {
            return bytes.slice(from.at, itemCount == 0 ? 0 : to.at - from.at).order(ByteOrder.LITTLE_ENDIAN);
        }
        ByteBuffer copy = ByteBuffer.allocate(to.at - from.at + 2 * RUN_HEADER_BYTES + to.items * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        if (from.at == to.at) {
            copyRun(bytes, from.at, from.items, to.items, copy);
        } else {
            int whole = from.at;
            if (from.items > 0) {
                copyRun(bytes, from.at, from.items, countAt(bytes, from.at), copy);
                whole = next(bytes, from.at);
            }
            copy.put(copy.position(), bytes, whole, to.at - whole).position(copy.position() + to.at - whole);
            if (to.items > 0) {
                copyRun(bytes, to.at, 0, to.items, copy);
            }
        }
        return copy.flip();
    }

    /** Appends some of the numbers of a run, as a run of their own. */
    private static void copyRun(ByteBuffer bytes, int run, int fromItem, int toItem, ByteBuffer copy) {
        byte tag = bytes.get(run + LENGTH_BYTES);
        int width = Tag.runWidth(tag);
        int size = (toItem - fromItem) * width;
        copy.putInt(fromItem - toItem).put(tag);
        copy.put(copy.position(), bytes, run + RUN_HEADER_BYTES + fromItem * width, size)
                .position(copy.position() + size);
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

    /**
     * A place between two items.
     *
     * @param at where the item after it begins, or the run that has it
     * @param items how many items of that run are before it, fewer than all
     */
    private record Cut(int at, int items) {}

    private static Cut cut(ByteBuffer bytes, Cut from, int itemCount) {
        int at = from.at;
        int items = from.items + itemCount;
        while (items > 0) {
            if (at == bytes.limit()) {
                throw new IllegalArgumentException("the block is short of items: missing=" + items);
            }
            int next = next(bytes, at);
            int count = countAt(bytes, at);
            if (items < count) {
                break;
            }
            items -= count;
            at = next;
        }
        return new Cut(at, items);
    }

    /** How many items there are in the run at that place, or the one that is no run. */
    private static int countAt(ByteBuffer bytes, int at) {
        return Math.max(1, -bytes.getInt(at));
    }

    /** Where the item or the run after the one at that place begins. */
    private static int next(ByteBuffer bytes, int at) {
        int room = bytes.limit() - at - LENGTH_BYTES;
        if (room < 1) {
            throw new IllegalArgumentException("malformed block: an item's length is cut short, bytesLeft="
                    + (room + LENGTH_BYTES));
        }
        int length = bytes.getInt(at);
        long size = length < 0 ? runSize(bytes, at, -(long) length) : length;
        if (size < 1 || size > room) {
            throw new IllegalArgumentException("malformed block: an item's length is out of range, length=" + length
                    + " bytesLeft=" + room);
        }
        return at + LENGTH_BYTES + (int) size;
    }

    /** The tag and the bodies of a run. */
    private static long runSize(ByteBuffer bytes, int at, long count) {
        byte tag = bytes.get(at + LENGTH_BYTES);
        int width = Tag.runWidth(tag);
        if (width == 0) {
            throw new IllegalArgumentException("malformed block: a run of what cannot stand in one, tag=" + tag
                    + " count=" + count);
        }
        return 1 + count * width;
    }

    /** Walks a block, item by item. It belongs to one thread. */
    public static final class Cursor {
        final ByteBuffer bytes;
        private final int limit;
        // The item at hand.
        private byte tag;
        private int body;
        private int end;
        /** How many items the run at hand has after that. */
        private int runLeft;
        private int width;

        private Cursor(ByteBuffer bytes) {
            this.bytes = bytes;
            this.end = bytes.position();
            this.limit = bytes.limit();
        }

        /** The tag of the item at hand. */
        byte tag() {
            return tag;
        }

        /** Where the body of the item at hand begins. Its tag is the byte before, unless it stands in a run. */
        int body() {
            return body;
        }

        /** Where the item at hand ends. */
        int end() {
            return end;
        }

        /** Whether there is an item after this place. */
        public boolean hasNext() {
            return end < limit;
        }

        /**
         * Steps on to the next item, which is then at hand.
         *
         * @throws IllegalArgumentException if its length is wrong
         * @throws NoSuchElementException at the end of the block
         */
        public void step() {
            if (runLeft > 0) {
                runLeft--;
                body = end;
                end += width;
                return;
            }
            if (end >= limit) {
                throw new NoSuchElementException("the block has no more items");
            }
            int at = end;
            int next = Items.next(bytes, at);
            int length = bytes.getInt(at);
            tag = bytes.get(at + LENGTH_BYTES);
            body = at + RUN_HEADER_BYTES;
            if (length < 0) {
                width = Tag.runWidth(tag);
                runLeft = -length - 1;
                end = body + width;
            } else {
                end = next;
            }
        }

        /** The tag and the body of the item at hand, little-endian: a view, or a copy if it stands in a run. */
        public ByteBuffer item() {
            if (bytes.get(body - 1) == tag) {
                return bytes.slice(body - 1, end - body + 1).order(ByteOrder.LITTLE_ENDIAN);
            }
            ByteBuffer copy = ByteBuffer.allocate(1 + end - body).order(ByteOrder.LITTLE_ENDIAN);
            return copy.put(tag).put(copy.position(), bytes, body, end - body).position(0);
        }

        /** Steps on and gives a view of that item: see {@link #step} and {@link #item}. */
        public ByteBuffer next() {
            step();
            return item();
        }

        /** Whether the item at hand stands for a failure and not for a value. */
        public boolean isFailure() {
            return tag == Tag.FAILURE;
        }
    }
}
