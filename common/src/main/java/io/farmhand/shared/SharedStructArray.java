package io.farmhand.shared;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An array of records in shared memory, as Python's {@code Array} of a {@code ctypes.Structure}; {@link SharedStruct} says
 * how each lies there. See the package for the rules of all these.
 *
 * @param <R> the records' class, the same in each process
 */
public final class SharedStructArray<R extends Record> extends Stored {
    private static final long serialVersionUID = 1L;

    private final transient Class<R> type;
    private final transient RecordShape shape;
    private final transient long length;

    private SharedStructArray(Store store, Class<R> type) {
        super(store);
        this.type = type;
        this.shape = RecordShape.of(type);
        long elementBytes = shape.layout().byteSize();
        checkSize(memory().byteSize() % elementBytes == 0, type);
        this.length = memory().byteSize() / elementBytes;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // written by our own
    static SharedStructArray<?> opened(Store store, @Nullable Class<?> type) {
        return new SharedStructArray(store, known(type));
    }

    static Class<?> known(@Nullable Class<?> type) {
        return Objects.requireNonNull(type, "the record's class");
    }

    static void checkSize(boolean fits, Class<?> type) {
        if (!fits) {
            throw new IllegalStateException("The record's class is another one in the process that made this: type="
                    + type.getName() + ". Use the same class path in both.");
        }
    }

    /**
     * Makes one with a lock, whose records are of zeros.
     *
     * @param length how many records it has
     * @throws IllegalArgumentException when a component is neither primitive nor a record of such; the message names it
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static <R extends Record> SharedStructArray<R> create(Class<R> type, long length) {
        return made(type, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its records
     * @throws IllegalArgumentException when a component is neither primitive nor a record of such; the message names it
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static <R extends Record> SharedStructArray<R> copyOf(Class<R> type, List<R> values) {
        SharedStructArray<R> made = made(type, values.size(), false);
        long index = 0;
        for (R value : values) {
            made.set(index++, value);
        }
        return made;
    }

    /**
     * Makes one without a lock, as Python's {@code RawArray}, whose records are of zeros.
     *
     * @param length how many records it has
     * @throws IllegalArgumentException when a component is neither primitive nor a record of such; the message names it
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static <R extends Record> SharedStructArray<R> raw(Class<R> type, long length) {
        return made(type, length, true);
    }

    @SuppressWarnings("unchecked") // of that class
    private static <R extends Record> SharedStructArray<R> made(Class<R> type, long length, boolean raw) {
        long elementBytes = RecordShape.of(type).layout().byteSize();
        SharedArray.checkLength(length, elementBytes);
        return (SharedStructArray<R>) Store.create(Form.STRUCTS, type, length * elementBytes, raw);
    }

    private long at(long index) {
        return Objects.checkIndex(index, length) * layout().byteSize();
    }

    /** A record of what is there. */
    public R get(long index) {
        return type.cast(shape.read(memory(), at(index)));
    }

    /** Writes all components of a record. */
    public void set(long index, R value) {
        shape.write(memory(), at(index), type.cast(value));
    }

    /** How many records it has. */
    public long length() {
        return length;
    }

    /** Copies of all records. */
    public List<R> toList() {
        List<R> copies = new ArrayList<>();
        for (long index = 0; index < length; index++) {
            copies.add(get(index));
        }
        return copies;
    }

    /**
     * Access to one component of each record: {@code (int) field.get(index)}, {@code (int) field.getAndAdd(index, 1)}.
     *
     * @param path the component's name, after those of the records around it
     * @return a handle with one coordinate, the index, a {@code long}
     * @throws IllegalArgumentException when there is no such component
     */
    public VarHandle varHandle(String... path) {
        PathElement[] inRecord = RecordShape.path(path);
        PathElement[] inArray = new PathElement[inRecord.length + 1];
        inArray[0] = PathElement.sequenceElement();
        System.arraycopy(inRecord, 0, inArray, 1, inRecord.length);
        VarHandle access = MemoryLayout.sequenceLayout(length, layout()).varHandle(inArray);
        return MethodHandles.insertCoordinates(access, 0, memory(), 0L);
    }

    /** How each record lies in memory. */
    public StructLayout layout() {
        return shape.layout();
    }

    /** Its memory, record by record. It ends with {@link #close}. */
    public MemorySegment segment() {
        return memory();
    }
}
