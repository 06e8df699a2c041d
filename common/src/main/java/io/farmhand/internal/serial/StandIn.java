package io.farmhand.internal.serial;

import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Travels in place of a JDK value that every data task uses and that is not serializable of itself: a {@link Path} of
 * the default file system, an {@link Optional}, or a {@link MemorySegment}, which is read as a read-only copy. A relative path stays relative, to the directory of whoever uses
 * it.
 *
 * @param kind what it stands for
 * @param content the path's string, the optional's content, or null for an empty one; the segment's bytes
 */
record StandIn(Kind kind, @Nullable Object content) implements Serializable {
    /** The classes that have stand-ins. */
    enum Kind {
        PATH,
        OPTIONAL,
        OPTIONAL_INT,
        OPTIONAL_LONG,
        OPTIONAL_DOUBLE,
        SEGMENT
    }

    /** The stand-in of an object of these kinds or of a library's, or the object itself. */
    static Object replace(Object object) {
        return switch (object) {
            case Path path when path.getFileSystem().equals(FileSystems.getDefault()) -> new StandIn(Kind.PATH,
                    path.toString());
            case Optional<?> optional -> new StandIn(Kind.OPTIONAL, optional.orElse(null));
            case OptionalInt optional -> new StandIn(Kind.OPTIONAL_INT,
                    optional.isPresent() ? optional.getAsInt() : null);
            case OptionalLong optional -> new StandIn(Kind.OPTIONAL_LONG,
                    optional.isPresent() ? optional.getAsLong() : null);
            case OptionalDouble optional -> new StandIn(Kind.OPTIONAL_DOUBLE,
                    optional.isPresent() ? optional.getAsDouble() : null);
            case MemorySegment segment -> new StandIn(Kind.SEGMENT, segment.toArray(ValueLayout.JAVA_BYTE));
            default -> LibraryStandIns.replace(object);
        };
    }

    private Object readResolve() throws ObjectStreamException {
        Object held = content;
        return switch (kind) {
            case PATH -> Path.of(held == null ? "" : (String) held);
            case OPTIONAL -> Optional.ofNullable(held);
            case SEGMENT -> SegmentMaker.COPY.of(ByteBuffer.wrap(held == null ? new byte[0] : (byte[]) held));
            case OPTIONAL_INT -> held == null ? OptionalInt.empty() : OptionalInt.of((Integer) held);
            case OPTIONAL_LONG -> held == null ? OptionalLong.empty() : OptionalLong.of((Long) held);
            case OPTIONAL_DOUBLE -> held == null ? OptionalDouble.empty() : OptionalDouble.of((Double) held);
        };
    }
}
