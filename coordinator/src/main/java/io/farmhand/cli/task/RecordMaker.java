package io.farmhand.cli.task;

import io.farmhand.internal.hint.NearestName;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes records of a class out of fields of text. Immutable. */
public final class RecordMaker {
    private final RecordComponent[] components;
    /** Where the field of each component stands. */
    private final int[] places;
    private final MethodHandle constructor;

    private RecordMaker(RecordComponent[] components, int[] places, MethodHandle constructor) {
        this.components = components;
        this.places = places;
        this.constructor = constructor;
    }

    /**
     * Makes one.
     *
     * @param type a record whose components are of some {@link InputKind}
     * @param header the names of the fields, among which those of the components are looked for, regardless of case and of
     *        all but letters and digits; null to take the fields in their order
     * @throws IllegalArgumentException when a component has no field, or is of another type
     */
    public static RecordMaker of(Class<?> type, @Nullable List<String> header) {
        RecordComponent[] components = type.getRecordComponents();
        int[] places = new int[components.length];
        for (int i = 0; i < components.length; i++) {
            if (InputKind.of(components[i].getType()).isEmpty()) {
                throw new IllegalArgumentException("the component " + components[i].getName() + " of "
                        + type.getSimpleName() + " must be a Path, File, String, long, int, double or boolean, not a "
                        + components[i].getType().getSimpleName());
            }
            places[i] = header == null ? i : place(components[i].getName(), type, header);
        }
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            return new RecordMaker(components, places, MethodHandles.lookup().unreflectConstructor(canonical)
                    .asSpreader(Object[].class, components.length).asType(
                            MethodType.methodType(Object.class, Object[].class)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no record of " + type.getName() + " can be made: " + e, e);
        }
    }

    private static int place(String name, Class<?> type, List<String> header) {
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).equals(name)) {
                return i;
            }
        }
        int found = -1;
        for (int i = 0; i < header.size(); i++) {
            if (letters(header.get(i)).equals(letters(name))) {
                if (found >= 0) {
                    throw new IllegalArgumentException("the component " + name + " of " + type.getSimpleName()
                            + " may be the column " + (found + 1) + " (" + header.get(found) + ") or " + (i + 1) + " ("
                            + header.get(i) + "): rename one");
                }
                found = i;
            }
        }
        if (found >= 0) {
            return found;
        }
        throw new IllegalArgumentException("there is no column " + name + ", which " + type.getSimpleName() + " has"
                + NearestName.of(name, header.stream()).map(near -> "; did you mean " + near + "?")
                        .orElse("; the columns are " + header));
    }

    private static String letters(String name) {
        return name.codePoints().filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString()
                .toLowerCase(Locale.ROOT);
    }

    /**
     * Makes a record.
     *
     * @throws IllegalArgumentException when a field is missing, or cannot be read as what its component is
     */
    Object make(List<String> fields) {
        @Nullable
        Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(components[i], places[i], fields);
        }
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error e) { // such as what the user's constructor refuses
            throw e;
        } catch (Throwable e) {
            throw new IllegalArgumentException("its constructor failed: " + e, e);
        }
    }

    private static @Nullable Object value(RecordComponent component, int place, List<String> fields) {
        String where = "column " + (place + 1) + " (" + component.getName() + "): ";
        if (place >= fields.size()) {
            throw new IllegalArgumentException(where + "there are only fields=" + fields.size());
        }
        String field = fields.get(place);
        Class<?> type = component.getType();
        Optional<InputKind> kind = InputKind.of(type);
        if (field.isEmpty() && type != String.class) {
            if (type.isPrimitive()) {
                throw new IllegalArgumentException(where + "it is empty, which no " + type + " can be; let it be of a "
                        + "class such as " + box(type) + ", for null");
            }
            return null;
        }
        try {
            return kind.orElseThrow().read(field);
        } catch (IllegalArgumentException | IOException e) {
            throw new IllegalArgumentException(where + e.getMessage(), e);
        }
    }

    private static String box(Class<?> primitive) {
        return MethodType.methodType(primitive).wrap().returnType().getSimpleName();
    }
}
