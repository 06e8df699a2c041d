package io.farmhand.shared;

import io.farmhand.sync.Handle;
import org.jspecify.annotations.Nullable;

/** What can stand in shared memory. Each is written into the memory by its code; those of locks and the like are smaller. */
enum Form {
    MEMORY(1001),
    LIST(1002),
    BYTE(1003),
    SHORT(1004),
    CHAR(1005),
    INT(1006),
    LONG(1007),
    FLOAT(1008),
    DOUBLE(1009),
    BOOLEAN(1010),
    BYTES(1011),
    SHORTS(1012),
    CHARS(1013),
    INTS(1014),
    LONGS(1015),
    FLOATS(1016),
    DOUBLES(1017),
    BOOLEANS(1018),
    STRUCT(1019),
    STRUCTS(1020);

    private final int code;

    Form(int code) {
        this.code = code;
    }

    int code() {
        return code;
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
