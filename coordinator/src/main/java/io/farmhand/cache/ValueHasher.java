package io.farmhand.cache;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Adds values to a hash so that equal ones, as {@link Memory} has it, give equal hashes, in every process. It belongs to one
 * thread, and is for one function or one list of arguments.
 *
 * <p><b>How.</b> What has no parts is added as it is, with a tag for its kind. An object of parts without parts is added in
 * line. Any other is hashed by itself, once for each object however often it is met, so that an object that is reached in
 * many ways does not multiply, and its hash is added. The elements of sets and maps are each hashed by themselves, and added
 * in the order of their hashes. An object that is reached from itself is added as the number of steps back to it.
 *
 * <p>JDK serialization is no way to this: its bytes tell whether two equal strings are one object, and write sets and maps
 * in the order of their buckets.
 */
final class ValueHasher {
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    private static final byte NULL = 0;
    private static final byte NUMBER = 1;
    private static final byte TEXT = 2;
    private static final byte ARRAY = 3;
    private static final byte BYTES = 4;
    private static final byte ENUM = 5;
    private static final byte SERIALIZED = 6;
    private static final byte IN_LINE = 7;
    private static final byte HASHED = 8;
    private static final byte BACK = 9;
    private static final byte FUNCTION = 10;

    /** What has been hashed by itself. */
    private final IdentityHashMap<Object, byte[]> known = new IdentityHashMap<>();
    /** The objects that the one at hand is in, and how deep each is. */
    private final IdentityHashMap<Object, Integer> around = new IdentityHashMap<>();
    /** How deep the outermost object is that something in the one at hand has led back to. */
    private int outermostBack = Integer.MAX_VALUE;

    /**
     * Adds a value.
     *
     * @throws IllegalArgumentException when it cannot be serialized
     */
    void add(Sha sha, @Nullable Object value) {
        try {
            put(sha, value);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    Preview.of(value) + " cannot be hashed: its objects refer to each other in"
                            + " too long a chain. Keep them in a list or an array.",
                    e);
        }
    }

    /**
     * Adds arguments of a call.
     *
     * @param ignored components of records among them that are left out
     * @throws IllegalArgumentException when one cannot be serialized, or none has such a component
     */
    void addArguments(Sha sha, List<@Nullable Object> arguments, List<String> ignored) {
        List<String> missing = new ArrayList<>(ignored);
        sha.putInt(arguments.size());
        for (Object argument : arguments) {
            if (argument instanceof Record && components(argument).stream().anyMatch(ignored::contains)) {
                missing.removeAll(components(argument));
                add(sha, Shape.of(argument).without(argument, ignored));
            } else {
                add(sha, argument);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("ignore=" + missing + " names no component of the arguments: "
                    + arguments.stream().map(ValueHasher::componentsText).toList()
                    + ". What is ignored are components of arguments that are records, not of values inside these.");
        }
    }

    private static List<String> components(Object argument) {
        return Arrays.stream(argument.getClass().getRecordComponents()).map(RecordComponent::getName).toList();
    }

    private static String componentsText(@Nullable Object argument) {
        return argument instanceof Record
                ? argument.getClass().getSimpleName() + components(argument)
                : argument == null ? "null" : argument.getClass().getName();
    }

    private void put(Sha sha, @Nullable Object value) {
        if (value == null) {
            sha.putByte(NULL);
        } else if (value instanceof Shape.Parts parts) {
            putParts(sha, parts, parts);
        } else if (!putPlain(sha, value)) {
            Shape shape = Shape.of(value);
            if (shape.isSerialized()) {
                putSerialized(sha, value);
            } else {
                putParts(sha, value, shape.parts(value));
            }
        }
    }

    /** Whether a value is added without looking for its parts. */
    private static boolean isPlain(@Nullable Object value) {
        return value == null || (value instanceof Number && isJdk(value)) || value instanceof String
                || value instanceof Boolean || value instanceof Character || value instanceof Enum<?>
                || (value.getClass().isArray() && value.getClass().getComponentType().isPrimitive())
                || (!(value instanceof Shape.Parts) && Shape.of(value).isPlain());
    }

    private static boolean isJdk(Object value) {
        return value.getClass().getClassLoader() == null;
    }

    /** Adds a value that has no parts; says false, and adds nothing, if it may have some. */
    private static boolean putPlain(Sha sha, Object value) {
        switch (value) {
            case Integer number -> {
                number(sha, 'i');
                sha.putInt(number);
            }
            case Long number -> {
                number(sha, 'l');
                sha.putLong(number);
            }
            case Double number -> {
                number(sha, 'd');
                sha.putLong(Double.doubleToLongBits(number));
            }
            case Float number -> {
                number(sha, 'f');
                sha.putInt(Float.floatToIntBits(number));
            }
            case Short number -> {
                number(sha, 's');
                sha.putShort(number);
            }
            case Byte number -> {
                number(sha, 'b');
                sha.putByte(number);
            }
            case Character character -> {
                number(sha, 'c');
                sha.putShort((short) character.charValue());
            }
            case Boolean bool -> {
                number(sha, 'z');
                sha.putByte((byte) (bool ? 1 : 0));
            }
            case BigInteger number when isJdk(number) -> {
                number(sha, 'I');
                bytes(sha, number.toByteArray());
            }
            case BigDecimal number when isJdk(number) -> {
                number(sha, 'D');
                sha.putInt(number.scale());
                bytes(sha, number.unscaledValue().toByteArray());
            }
            case UUID id -> {
                number(sha, 'u');
                sha.putLong(id.getMostSignificantBits());
                sha.putLong(id.getLeastSignificantBits());
            }
            case String string -> text(sha, "", string);
            case Enum<?> constant -> {
                sha.putByte(ENUM);
                sha.putString(constant.getDeclaringClass().getName());
                sha.putString(constant.name());
            }
            case MemorySegment segment -> {
                sha.putByte(BYTES);
                sha.putLong(segment.byteSize());
                segment(sha, segment);
            }
            default -> {
                String text = Shape.of(value).text(value);
                if (text == null) {
                    return putArray(sha, value);
                }
                text(sha, value.getClass().getName(), text);
            }
        }
        return true;
    }

    private static void number(Sha sha, char kind) {
        sha.putByte(NUMBER);
        sha.putByte((byte) kind);
    }

    private static void text(Sha sha, String type, String text) {
        sha.putByte(TEXT);
        sha.putString(type);
        sha.putString(text);
    }

    private static void bytes(Sha sha, byte[] bytes) {
        sha.putInt(bytes.length);
        sha.putBytes(bytes);
    }

    private static void segment(Sha sha, MemorySegment segment) {
        long step = 1 << 20;
        for (long at = 0; at < segment.byteSize(); at += step) {
            sha.putBytes(segment.asSlice(at, Math.min(step, segment.byteSize() - at)).asByteBuffer());
        }
    }

    private static boolean putArray(Sha sha, Object value) {
        switch (value) {
            case byte[] array -> {
                array(sha, 'b', array.length);
                sha.putBytes(array);
            }
            case int[] array -> {
                array(sha, 'i', array.length);
                for (int each : array) {
                    sha.putInt(each);
                }
            }
            case long[] array -> {
                array(sha, 'l', array.length);
                for (long each : array) {
                    sha.putLong(each);
                }
            }
            case double[] array -> {
                array(sha, 'd', array.length);
                for (double each : array) {
                    sha.putLong(Double.doubleToLongBits(each));
                }
            }
            case float[] array -> {
                array(sha, 'f', array.length);
                for (float each : array) {
                    sha.putInt(Float.floatToIntBits(each));
                }
            }
            case short[] array -> {
                array(sha, 's', array.length);
                for (short each : array) {
                    sha.putShort(each);
                }
            }
            case char[] array -> {
                array(sha, 'c', array.length);
                for (char each : array) {
                    sha.putShort((short) each);
                }
            }
            case boolean[] array -> {
                array(sha, 'z', array.length);
                for (boolean each : array) {
                    sha.putByte((byte) (each ? 1 : 0));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void array(Sha sha, char kind, int length) {
        sha.putByte(ARRAY);
        sha.putByte((byte) kind);
        sha.putInt(length);
    }

    private static void putSerialized(Sha sha, Object value) {
        PayloadBuffer buffer = new PayloadBuffer();
        try {
            new ValueWriter(buffer, MAX_BYTES).writeValue(value);
        } catch (UnwritableValueException e) {
            throw new IllegalArgumentException("A value cannot be hashed: " + e.getMessage(), e);
        }
        sha.putByte(SERIALIZED);
        sha.putString(value.getClass().getName());
        sha.putInt(buffer.size());
        sha.putBytes(buffer.view());
    }

    private void putParts(Sha sha, Object value, Shape.Parts parts) {
        if (parts.unordered().isEmpty() && parts.ordered().stream().allMatch(ValueHasher::isPlain)) {
            sha.putByte(IN_LINE);
            putContent(sha, parts);
            return;
        }
        Integer depth = around.get(value);
        if (depth != null) {
            sha.putByte(BACK);
            sha.putInt(around.size() - depth);
            outermostBack = Math.min(outermostBack, depth);
            return;
        }
        sha.putByte(HASHED);
        byte[] hash = known.get(value);
        sha.putBytes(hash == null ? hash(value, parts) : hash);
    }

    private byte[] hash(Object value, Shape.Parts parts) {
        int outer = outermostBack;
        int depth = around.size();
        outermostBack = Integer.MAX_VALUE;
        around.put(value, depth);
        Sha own = new Sha();
        putContent(own, parts);
        byte[] hash = own.end();
        around.remove(value);
        if (outermostBack >= depth) { // else its hash depends on where it was met
            known.put(value, hash);
            outermostBack = outer;
        } else {
            outermostBack = Math.min(outermostBack, outer);
        }
        return hash;
    }

    private void putContent(Sha sha, Shape.Parts parts) {
        byte[] code = parts.code();
        sha.putByte(code == null ? NULL : FUNCTION);
        if (code != null) {
            sha.putBytes(code);
        }
        sha.putString(parts.name());
        sha.putInt(parts.ordered().size());
        for (Object each : parts.ordered()) {
            put(sha, each);
        }
        sha.putInt(parts.unordered().size());
        List<byte[]> hashes = new ArrayList<>(parts.unordered().size());
        for (List<@Nullable Object> together : parts.unordered()) {
            Sha own = new Sha();
            for (Object each : together) {
                put(own, each);
            }
            hashes.add(own.end());
        }
        hashes.sort(Arrays::compareUnsigned);
        hashes.forEach(sha::putBytes);
    }
}
