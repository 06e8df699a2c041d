package io.farmhand.shared;

import io.farmhand.sync.Handle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What can stand in shared memory. Each is written into the memory by its code; those of locks and the like are smaller. */
enum Form {
    MEMORY(1001, SharedMemory.class),
    LIST(1002, ShareableList.class),
    BYTE(1003, SharedByte.class),
    SHORT(1004, SharedShort.class),
    CHAR(1005, SharedChar.class),
    INT(1006, SharedInt.class),
    LONG(1007, SharedLong.class),
    FLOAT(1008, SharedFloat.class),
    DOUBLE(1009, SharedDouble.class),
    BOOLEAN(1010, SharedBoolean.class),
    BYTES(1011, SharedByteArray.class),
    SHORTS(1012, SharedShortArray.class),
    CHARS(1013, SharedCharArray.class),
    INTS(1014, SharedIntArray.class),
    LONGS(1015, SharedLongArray.class),
    FLOATS(1016, SharedFloatArray.class),
    DOUBLES(1017, SharedDoubleArray.class),
    BOOLEANS(1018, SharedBooleanArray.class),
    STRUCT(1019, SharedStruct.class),
    STRUCTS(1020, SharedStructArray.class);

    private final int code;
    private final Class<? extends Handle> handleType;

    Form(int code, Class<? extends Handle> handleType) {
        this.code = code;
        this.handleType = handleType;
    }

    int code() {
        return code;
    }

    /** What does the same for workers on other hosts, a sentence. */
    String instead() {
        return switch (this) {
            case BYTE, SHORT, CHAR, INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRUCT ->
                "Use Manager.start().value(x) instead: what a manager keeps can be used from any host.";
            case LIST ->
                "Use Manager.start().list() instead: what a manager keeps can be used from any host. A list that"
                        + " workers only read can be captured as it is.";
            case MEMORY ->
                "What workers only read can be captured as an array, or given to pool.broadcast if it is large;"
                        + " what they write they return, or put into an object of a manager: Manager.start().array(…).";
            case BYTES, SHORTS, CHARS, INTS, LONGS, FLOATS, DOUBLES, BOOLEANS, STRUCTS ->
                "What workers only read can be captured as a plain array, or given to pool.broadcast if it is large; what"
                        + " they write they return, or put into an object of a manager: Manager.start().array(…).";
        };
    }

    /** What it is called, with what it is made of. */
    String of(@Nullable Class<?> type) {
        return handleType.getSimpleName() + (type == null ? "" : "<" + type.getSimpleName() + ">");
    }

    /** What is called by the code that stands in some memory. */
    static String named(int code) {
        return Arrays.stream(values()).filter(form -> form.code == code).map(form -> form.of(null)).findFirst()
                .orElse("a lock, a queue or the like");
    }

    /**
     * The handle for what stands in some memory.
     *
     * @param type of what it is made, where it has such a type
     */
    Handle handle(Store store, @Nullable Class<?> type) {
        return switch (this) {
            case MEMORY -> new SharedMemory(store);
            case LIST -> new ShareableList(store);
            case BYTE -> new SharedByte(store);
            case SHORT -> new SharedShort(store);
            case CHAR -> new SharedChar(store);
            case INT -> new SharedInt(store);
            case LONG -> new SharedLong(store);
            case FLOAT -> new SharedFloat(store);
            case DOUBLE -> new SharedDouble(store);
            case BOOLEAN -> new SharedBoolean(store);
            case BYTES -> new SharedByteArray(store);
            case SHORTS -> new SharedShortArray(store);
            case CHARS -> new SharedCharArray(store);
            case INTS -> new SharedIntArray(store);
            case LONGS -> new SharedLongArray(store);
            case FLOATS -> new SharedFloatArray(store);
            case DOUBLES -> new SharedDoubleArray(store);
            case BOOLEANS -> new SharedBooleanArray(store);
            case STRUCT -> SharedStruct.opened(store, type);
            case STRUCTS -> SharedStructArray.opened(store, type);
        };
    }
}
