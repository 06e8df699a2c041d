package io.farmhand.shared;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.invoke.VarHandle.AccessMode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the records of a class lie in memory: as C's compiler would lay out a struct of the same components, each at a
 * multiple of its size, the whole a multiple of the largest.
 *
 * <p>Reader and writer are method handles put together once: no reflection, no boxing when a record is read or written.
 */
final class RecordShape {
    private static final Map<Class<?>, ValueLayout> PRIMITIVES = Map.of(
            byte.class, ValueLayout.JAVA_BYTE, short.class, ValueLayout.JAVA_SHORT, char.class, ValueLayout.JAVA_CHAR,
            int.class, ValueLayout.JAVA_INT, long.class, ValueLayout.JAVA_LONG, float.class, ValueLayout.JAVA_FLOAT,
            double.class, ValueLayout.JAVA_DOUBLE, boolean.class, ValueLayout.JAVA_BOOLEAN);

    private final StructLayout layout;
    private final MethodHandle reader;
    private final MethodHandle writer;

    private RecordShape(StructLayout layout, MethodHandle reader, MethodHandle writer) {
        this.layout = layout;
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * The shape of a class of records.
     *
     * @throws IllegalArgumentException when a component of it, or of a record in it, is neither primitive nor a record; or
     *         when the class cannot be accessed
     */
    static RecordShape of(Class<?> type) {
        Node root = node(type, type.getSimpleName(), List.of());
        return new RecordShape(root.layout,
                root.reader.asType(MethodType.methodType(Record.class, MemorySegment.class, long.class)),
                root.writer.asType(MethodType.methodType(void.class, MemorySegment.class, long.class, Record.class)));
    }

    StructLayout layout() {
        return layout;
    }

    /** Reads a record. */
    Record read(MemorySegment memory, long offset) {
        try {
            return (Record) reader.invokeExact(memory, offset);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the record's constructor failed", e);
        }
    }

    /** Writes a record. */
    void write(MemorySegment memory, long offset, Record value) {
        try {
            writer.invokeExact(memory, offset, value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("an accessor of the record failed", e);
        }
    }

    /** The way to a component, by its name and those of the records around it. */
    static PathElement[] path(String... names) {
        return Arrays.stream(names).map(PathElement::groupElement).toArray(PathElement[]::new);
    }

    /**
     * A record class, or a record class of a component.
     *
     * @param reader from memory and offset to the record
     * @param writer takes memory, offset and record
     */
    private record Node(StructLayout layout, MethodHandle reader, MethodHandle writer) {}

    private static Node node(Class<?> type, String path, List<Class<?>> around) {
        RecordComponent @Nullable [] components = type.getRecordComponents();
        if (components == null || components.length == 0) {
            throw new IllegalArgumentException("No record with components: type=" + type.getName());
        }
        if (around.contains(type)) {
            throw new IllegalArgumentException("A record cannot contain itself: component=" + path);
        }
        List<Class<?>> inside = new ArrayList<>(around);
        inside.add(type);
        List<MemoryLayout> members = new ArrayList<>();
        MethodHandle[] readers = new MethodHandle[components.length];
        @Nullable
        MethodHandle writer = null;
        long end = 0;
        long alignment = 1;
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (int i = 0; i < components.length; i++) {
                RecordComponent component = components[i];
                Node inner = member(component.getType(), path + "." + component.getName(), inside);
                long offset = roundedUp(end, inner.layout.byteAlignment());
                if (offset > end) {
                    members.add(MemoryLayout.paddingLayout(offset - end));
                }
                members.add(unwrapped(inner.layout).withName(component.getName()));
                end = offset + inner.layout.byteSize();
                alignment = Math.max(alignment, inner.layout.byteAlignment());
                MethodHandle here = MethodHandles.insertArguments(PLUS, 1, offset);
                readers[i] = MethodHandles.filterArguments(inner.reader, 1, here);
                MethodHandle write = MethodHandles.filterArguments(inner.writer, 1, here);
                write = MethodHandles.filterArguments(write, 2, lookup.unreflect(component.getAccessor()));
                writer = writer == null ? write : MethodHandles.foldArguments(write, writer);
            }
            long size = roundedUp(end, alignment);
            if (size > end) {
                members.add(MemoryLayout.paddingLayout(size - end));
            }
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types));
            StructLayout layout = MemoryLayout.structLayout(members.toArray(MemoryLayout[]::new)).withName(path);
            return new Node(layout, reader(constructor, readers), Objects.requireNonNull(writer));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("The record cannot be accessed: type=" + type.getName()
                    + ". If it is in a module, open its package to io.farmhand.common.", e);
        }
    }

    /** A component is a struct of one member, if it is primitive. */
    private static Node member(Class<?> type, String path, List<Class<?>> around) {
        ValueLayout primitive = PRIMITIVES.get(type);
        if (primitive != null) {
            VarHandle access = primitive.varHandle();
            return new Node(MemoryLayout.structLayout(primitive), access.toMethodHandle(AccessMode.GET),
                    access.toMethodHandle(AccessMode.SET));
        }
        if (type.isRecord()) {
            return node(type, path, around);
        }
        throw new IllegalArgumentException("Not for shared memory: component=" + path + " type=" + type.getTypeName()
                + ". A record there has components of primitive types, and records of such.");
    }

    private static MemoryLayout unwrapped(StructLayout layout) {
        List<MemoryLayout> members = layout.memberLayouts();
        return layout.name().isEmpty() ? members.getFirst() : layout;
    }

    /** The constructor, with each argument read from memory. */
    private static MethodHandle reader(MethodHandle constructor, MethodHandle[] readers) {
        int count = readers.length;
        MethodHandle reader = MethodHandles.dropArguments(constructor, count, MemorySegment.class, long.class);
        for (int last = count - 1; last >= 0; last--) {
            // (first …, last, memory, offset) -> (first …, memory, offset, memory, offset) -> (first …, memory, offset)
            MethodHandle twice = MethodHandles.collectArguments(reader, last, readers[last]);
            MethodType once = twice.type().dropParameterTypes(last, last + 2);
            int at = last;
            int[] order = IntStream.concat(IntStream.range(0, at), IntStream.of(at, at + 1, at, at + 1)).toArray();
            reader = MethodHandles.permuteArguments(twice, once, order);
        }
        return reader;
    }

    private static long roundedUp(long value, long multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    private static final MethodHandle PLUS;

    static {
        try {
            PLUS = MethodHandles.lookup().findStatic(Long.class, "sum",
                    MethodType.methodType(long.class, long.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Long.sum", e);
        }
    }
}
