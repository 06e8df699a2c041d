package io.farmhand.shared;

import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.Handle;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A list of fixed length in shared memory, as Python's {@code multiprocessing.shared_memory.ShareableList}. Its items are
 * of type {@link Integer}, {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@code byte[]} or null; each can
 * be replaced by one of any of these types that fits into its slot. A slot is as large as in Python: 8 bytes, or as
 * a text's or array's first length, made longer by 1 to 8 bytes to a multiple of 8; or as large as was asked for. See the package for the rules of all these; it
 * has no lock.
 *
 * <pre>
 *   0       8                       8 + 8n
 *  +-------+-----------+-----------+------+--------+--------+------+-----
 *  | count | offset 0  | offset 1… | slot 0:control| copy 0 | copy 1 | slot 1 …
 *  +-------+-----------+-----------+------+--------+--------+------+-----
 * </pre>
 *
 * <p><b>Concurrency.</b> Each item is written as a whole: a writer fills the copy that is not in use, and one store of the
 * control word (version, copy, type, length) puts it in use. A reader that finds another version after it has read reads
 * again. Writers hold the list's guard, so that two do not fill one copy.
 *
 * <p><b>Failure.</b> A writer that is killed leaves the item that was there before.
 */
public final class ShareableList extends AbstractList<@Nullable Object> implements Handle, RandomAccess {
    private static final long serialVersionUID = 1L;
    private static final int WORD_BYTES = 8;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final int TYPE_SHIFT = 32;
    private static final int TYPE_MASK = 7;
    private static final long COPY_BIT = 1L << 35;
    private static final long VERSION = 1L << 36;

    /** The type of an item, by its code in the control word. */
    private enum Type {
        NULL(0), INTEGER(1), LONG(2), DOUBLE(3), BOOLEAN(4), STRING(5), BYTES(6);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        static Type of(long control) {
            int code = (int) (control >>> TYPE_SHIFT) & TYPE_MASK;
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new IllegalStateException("no type of an item: code=" + code);
        }
    }

    /** An item as it stands in its slot. */
    private static final class Encoded {
        private final Type type;
        private final byte[] bytes;

        Encoded(Type type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        static Encoded of(@Nullable Object item) {
            return switch (item) {
                case null -> new Encoded(Type.NULL, new byte[0]);
                case Integer value -> word(Type.INTEGER, value);
                case Long value -> word(Type.LONG, value);
                case Double value -> word(Type.DOUBLE, Double.doubleToRawLongBits(value));
                case Boolean value -> word(Type.BOOLEAN, value ? 1 : 0);
                case String value -> new Encoded(Type.STRING, value.getBytes(StandardCharsets.UTF_8));
                case byte[] value -> new Encoded(Type.BYTES, value);
                default -> throw new IllegalArgumentException("A ShareableList holds Integer, Long, Double, Boolean,"
                        + " String, byte[] and null: type=" + item.getClass().getName());
            };
        }

        private static Encoded word(Type type, long value) {
            byte[] bytes = new byte[WORD_BYTES];
            MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
            return new Encoded(type, bytes);
        }

        @Nullable
        Object decoded() {
            return switch (type) {
                case NULL -> null;
                case INTEGER -> (int) word();
                case LONG -> word();
                case DOUBLE -> Double.longBitsToDouble(word());
                case BOOLEAN -> word() != 0;
                case STRING -> new String(bytes, StandardCharsets.UTF_8);
                case BYTES -> bytes;
            };
        }

        private long word() {
            return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        }
    }

    private final transient Store store;
    private final transient MemorySegment memory;

    ShareableList(Store store) {
        this.store = store;
        this.memory = store.data();
    }

    /**
     * Makes one of some items.
     *
     * @throws IllegalArgumentException when an item is of another type
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static ShareableList of(@Nullable Object... items) {
        return copyOf(Arrays.asList(items), WORD_BYTES);
    }

    /**
     * Makes one of the items of a list.
     *
     * @param slotBytes how large an item can become in each slot, at least; a String is as long as its UTF-8
     * @throws IllegalArgumentException when an item is of another type
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static ShareableList copyOf(List<? extends @Nullable Object> items, int slotBytes) {
        if (slotBytes < 0 || slotBytes > Integer.MAX_VALUE - WORD_BYTES) {
            throw new IllegalArgumentException("slotBytes must be from 0 to " + (Integer.MAX_VALUE - WORD_BYTES)
                    + ": slotBytes=" + slotBytes);
        }
        List<Encoded> encoded = items.stream().map(Encoded::of).toList();
        long[] offsets = new long[encoded.size() + 1];
        offsets[0] = WORD_BYTES * (1L + offsets.length);
        for (int i = 0; i < encoded.size(); i++) {
            long capacity = Math.max(capacity(encoded.get(i)), roundedUp(slotBytes));
            offsets[i + 1] = offsets[i] + WORD_BYTES + 2 * capacity;
        }
        long sizeBytes = offsets[offsets.length - 1];
        ShareableList list = (ShareableList) Store.create(Form.LIST, null, sizeBytes, true);
        MemorySegment memory = list.memory;
        memory.set(LONG, 0, encoded.size());
        MemorySegment.copy(offsets, 0, memory, LONG, WORD_BYTES, offsets.length);
        for (int i = 0; i < encoded.size(); i++) {
            list.write(i, encoded.get(i));
        }
        return list;
    }

    /** As in CPython's {@code ShareableList.__init__}. */
    private static long capacity(Encoded item) {
        return switch (item.type) {
            case STRING, BYTES -> WORD_BYTES * (item.bytes.length / WORD_BYTES + 1L);
            default -> WORD_BYTES;
        };
    }

    private static long roundedUp(long bytes) {
        return (bytes + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
    }

    /**
     * Opens the list of that name, as Python's {@code ShareableList(name=name)}.
     *
     * @param name what {@link #name} gave in this or another process of this host
     * @throws io.farmhand.sync.HandleClosedException when there is none any more
     * @throws IllegalArgumentException when it is no such name
     */
    public static ShareableList open(String name) {
        return (ShareableList) Store.open(Form.LIST, null, Names.key(name));
    }

    /** Its name, by which any process of this host that runs as the same user can {@link #open} it. */
    public String name() {
        return Names.of(store.key());
    }

    @Override
    public int size() {
        return (int) memory.get(LONG, 0);
    }

    private long slot(int index) {
        return memory.get(LONG, WORD_BYTES * (1L + Objects.checkIndex(index, size())));
    }

    /** How many bytes an item can take at most in a slot; a String takes those of its UTF-8. */
    public int slotBytes(int index) {
        long slot = slot(index);
        return (int) ((memory.get(LONG, WORD_BYTES * (2L + index)) - slot - WORD_BYTES) / 2);
    }

    /**
     * The item at an index.
     *
     * @throws IndexOutOfBoundsException when there is none
     * @throws IllegalStateException when the list was closed in this process
     */
    @Override
    public @Nullable Object get(int index) {
        return read(index).decoded();
    }

    private Encoded read(int index) {
        long slot = slot(index);
        int capacity = slotBytes(index);
        while (true) {
            long control = Words.getLong(memory, slot);
            byte[] bytes = new byte[Math.min((int) control, capacity)];
            MemorySegment.copy(memory, BYTE, copy(slot, capacity, control), bytes, 0, bytes.length);
            VarHandle.acquireFence(); // the bytes are read before the control word is read again
            if (Words.getLong(memory, slot) == control) {
                return new Encoded(Type.of(control), bytes);
            }
        }
    }

    private static long copy(long slot, int capacity, long control) {
        return slot + WORD_BYTES + ((control & COPY_BIT) == 0 ? 0 : capacity);
    }

    /**
     * Replaces the item at an index; no reader sees half of it.
     *
     * @return the item that was there before
     * @throws IllegalArgumentException when the item is of another type, or does not fit into its slot
     * @throws IndexOutOfBoundsException when there is no such index
     * @throws IllegalStateException when the list was closed, in this process or by its maker
     */
    @Override
    public @Nullable Object set(int index, @Nullable Object item) {
        return write(index, Encoded.of(item)).decoded();
    }

    private Encoded write(int index, Encoded item) {
        long slot = slot(index);
        int capacity = slotBytes(index);
        if (item.bytes.length > capacity) {
            throw new IllegalArgumentException("The item is too long for its slot: index=" + index + " itemBytes="
                    + item.bytes.length + " slotBytes=" + capacity
                    + ". A slot is as large as its first item, unless copyOf is told to make it larger.");
        }
        store.check(); // without its home nobody frees the guard of the dead
        WordLock guard = store.guard();
        // Whoever died with it left all items whole.
        var _ = guard.acquire();
        try {
            Encoded before = read(index);
            long old = Words.getLong(memory, slot);
            long version = (old & -VERSION) + VERSION;
            long control = version | (~old & COPY_BIT) | (long) item.type.code << TYPE_SHIFT | item.bytes.length;
            MemorySegment.copy(item.bytes, 0, memory, BYTE, copy(slot, capacity, control), item.bytes.length);
            Words.setLong(memory, slot, control);
            return before;
        } finally {
            guard.release();
        }
    }

    /** How many items are equal to one, as Python's {@code count}; arrays of bytes are so by their contents. */
    public int count(@Nullable Object item) {
        return (int) stream().filter(other -> Objects.deepEquals(item, other)).count();
    }

    /** The index of the first item that is equal to one, -1 if none is; arrays of bytes are so by their contents. */
    @Override
    public int indexOf(@Nullable Object item) {
        return IntStream.range(0, size()).filter(index -> Objects.deepEquals(item, get(index))).findFirst().orElse(-1);
    }

    /**
     * Gives back what it takes in this process, at once; if this JVM made it, it also {@link #unlink}s it. An access after
     * that is an {@link IllegalStateException}. A second call does nothing.
     */
    @Override
    public void close() {
        store.close();
    }

    /** Removes its name, as {@link SharedMemory#unlink} does. */
    public void unlink() {
        store.unlink();
    }

    @Override
    public boolean isClosed() {
        return store.isClosed();
    }

    private Object writeReplace() {
        return store.reference();
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }
}
