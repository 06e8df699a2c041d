package io.farmhand.shared;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A record in shared memory, as Python's {@code Value} of a {@code ctypes.Structure}. It lies there as C's compiler would
 * lay out a struct of the same components; these are primitive, or records of such. See the package for the rules of all
 * these.
 *
 * <p>{@link #get} and {@link #set} read and write component by component: whoever is to see all of one record does both
 * under the {@link #lock}.
 *
 * @param <R> the record's class, the same in each process
 */
public final class SharedStruct<R extends Record> extends Stored {
    private static final long serialVersionUID = 1L;

    private final transient Class<R> type;
    private final transient RecordShape shape;

    private SharedStruct(Store store, Class<R> type) {
        super(store);
        this.type = type;
        this.shape = RecordShape.of(type);
        SharedStructArray.checkSize(memory().byteSize() == shape.layout().byteSize(), type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // written by our own
    static SharedStruct<?> opened(Store store, @Nullable Class<?> type) {
        return new SharedStruct(store, SharedStructArray.known(type));
    }

    /**
     * Makes one with a lock.
     *
     * @throws IllegalArgumentException when a component is neither primitive nor a record of such; the message names it
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static <R extends Record> SharedStruct<R> create(R value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue}.
     *
     * @throws IllegalArgumentException when a component is neither primitive nor a record of such; the message names it
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static <R extends Record> SharedStruct<R> raw(R value) {
        return made(value, true);
    }

    @SuppressWarnings("unchecked") // of the value's own class
    private static <R extends Record> SharedStruct<R> made(R value, boolean raw) {
        Class<?> type = value.getClass();
        long sizeBytes = RecordShape.of(type).layout().byteSize();
        SharedStruct<R> made = (SharedStruct<R>) Store.create(Form.STRUCT, type, sizeBytes, raw);
        made.set(value);
        return made;
    }

    /** A record of what is there. */
    public R get() {
        return type.cast(shape.read(memory(), 0));
    }

    /** Writes all components. */
    public void set(R value) {
        shape.write(memory(), 0, type.cast(value));
    }

    /**
     * Access to one component: {@code (int) field.get()}, {@code field.setVolatile(3)}, {@code (int) field.getAndAdd(1)}.
     * It is meant to be kept in a {@code static final} field or used many times: it costs more to make than to use.
     *
     * @param path the component's name, after those of the records around it
     * @return a handle without coordinates
     * @throws IllegalArgumentException when there is no such component
     */
    public VarHandle varHandle(String... path) {
        return MethodHandles.insertCoordinates(layout().varHandle(RecordShape.path(path)), 0, memory(), 0L);
    }

    /** How the record lies in memory. */
    public StructLayout layout() {
        return shape.layout();
    }

    /** Its memory. It ends with {@link #close}. */
    public MemorySegment segment() {
        return memory();
    }
}
