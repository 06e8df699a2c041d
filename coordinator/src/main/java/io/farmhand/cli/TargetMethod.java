package io.farmhand.cli;

import io.farmhand.cli.task.Arguments;
import io.farmhand.cli.task.BlockArgument;
import io.farmhand.cli.task.FieldArgument;
import io.farmhand.cli.task.InputKind;
import io.farmhand.cli.task.JsonArgument;
import io.farmhand.cli.task.MethodTask;
import io.farmhand.cli.task.RecordMaker;
import io.farmhand.cli.task.WordArguments;
import io.farmhand.internal.hint.NearestName;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The static method that is to be mapped.
 *
 * @param method static
 * @param format how its inputs are given to it
 * @param rank how much it is preferred to others of its name, the lowest most
 */
record TargetMethod(Method method, InputOptions.Format format, int rank) {
    private static final List<InputKind> KINDS = List.of(InputKind.values());
    /** Of parameters that take the fields of a record, the preferred ones first. */
    private static final List<Class<?>> FIELDS = List.of(Record.class, Map.class, String[].class, List.class);
    /** Of parameters that take a value of JSON. */
    private static final List<Class<?>> VALUES = List.of(Record.class, Map.class, List.class, Object.class);

    /**
     * Finds the method, of several overloads the preferred one.
     *
     * @param words how many words each input has
     * @throws UsageException if there is none, saying which there are
     */
    static TargetMethod find(MethodName name, ClassPath classPath, InputOptions.Format format, int words) {
        Class<?> owner = classPath.find(name.className());
        List<Method> statics = staticMethods(owner);
        List<Method> named = statics.stream().filter(method -> method.getName().equals(name.methodName())).toList();
        if (named.isEmpty()) {
            throw new UsageException("no static method " + name.methodName() + " in class " + owner.getName()
                    + NearestName.of(name.methodName(), statics.stream().map(Method::getName))
                            .map(near -> "; did you mean " + near + "?").orElse(""));
        }
        return named.stream().flatMap(method -> fitting(method, format, words))
                .min(Comparator.comparingInt(TargetMethod::rank))
                .orElseThrow(() -> new UsageException(name + " must take " + wanted(format, words) + "; there is only "
                        + named.stream().map(TargetMethod::signature).sorted().collect(Collectors.joining(", "))));
    }

    private static String wanted(InputOptions.Format format, int words) {
        return switch (format) {
            case WORDS ->
                (words == 1 ? "one" : words + " parameters, each a") + " Path, File, String, long, int, double or "
                        + "boolean";
            case CSV -> "one Map, record, String[] or List";
            case JSON -> "one record, Map or List";
            case BLOCKS -> "one List";
        };
    }

    private static Stream<TargetMethod> fitting(Method method, InputOptions.Format format, int words) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != words || !method.trySetAccessible()) {
            return Stream.empty();
        }
        int rank = switch (format) {
            case WORDS -> rankOfWords(types);
            case CSV -> rank(types[0], FIELDS);
            case JSON -> rank(types[0], VALUES);
            case BLOCKS ->
                types[0] == List.class || types[0] == Collection.class || types[0] == Iterable.class ? 0 : -1;
        };
        return rank < 0 ? Stream.empty() : Stream.of(new TargetMethod(method, format, rank));
    }

    private static int rankOfWords(Class<?>[] types) {
        int rank = 0;
        for (Class<?> type : types) {
            InputKind kind = InputKind.of(type).orElse(null);
            if (kind == null) {
                return -1;
            }
            rank = rank * KINDS.size() + KINDS.indexOf(kind);
        }
        return rank;
    }

    private static int rank(Class<?> type, List<Class<?>> preferred) {
        return preferred.indexOf(type.isRecord() ? Record.class : type);
    }

    /** Those of a class and of the classes it extends, the nearest first. */
    private static List<Method> staticMethods(Class<?> owner) {
        List<Method> methods = new ArrayList<>();
        try {
            for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
                methods.addAll(Arrays.asList(type.getDeclaredMethods()));
            }
        } catch (LinkageError e) {
            throw new UsageException("class " + owner.getName() + " cannot be read: " + e
                    + "; is a jar missing from --jar?");
        }
        methods.removeIf(method -> !Modifier.isStatic(method.getModifiers()) || method.isSynthetic());
        return methods;
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** Whether it has no result to print. */
    boolean isVoid() {
        return method.getReturnType() == void.class;
    }

    /** Whether the text of each result is JSON. */
    boolean givesJson() {
        Class<?> type = method.getReturnType();
        boolean isNumber = type == int.class || type == long.class || type == short.class || type == byte.class;
        return isNumber || type == boolean.class || type.isRecord() || type.isArray()
                || Map.class.isAssignableFrom(type)
                || Collection.class.isAssignableFrom(type);
    }

    /** Whether it takes the fields of a record by their names. */
    boolean wantsHeader() {
        Class<?> type = method.getParameterTypes()[0];
        return type == Map.class || type.isRecord();
    }

    /** Whether it needs files, which must be where the workers are. */
    boolean takesFiles() {
        return format == InputOptions.Format.WORDS && Arrays.stream(method.getParameterTypes()).map(InputKind::of)
                .flatMap(Optional::stream).anyMatch(kind -> kind == InputKind.PATH || kind == InputKind.FILE);
    }

    /**
     * What the workers run.
     *
     * @param header the names of the fields; null where there are none
     * @throws UsageException when the fields are not those that it takes
     */
    MethodTask task(@Nullable List<String> header, char separator) {
        return new MethodTask(method, arguments(header, separator));
    }

    private Arguments arguments(@Nullable List<String> header, char separator) {
        return switch (format) {
            case WORDS -> new WordArguments();
            case CSV -> {
                checkFields(header);
                yield new FieldArgument(header, separator);
            }
            case JSON -> new JsonArgument();
            case BLOCKS -> new BlockArgument(InputOptions.maxRecordBytes());
        };
    }

    private void checkFields(@Nullable List<String> header) {
        if (header != null && header.isEmpty()) {
            return; // and no record will come
        }
        Class<?> type = method.getParameterTypes()[0];
        if (type == Map.class && header == null) {
            throw new UsageException("a Map needs the names of a header: leave out --no-header, or take a String[]");
        }
        if (type.isRecord()) {
            try {
                RecordMaker _ = RecordMaker.of(type, header);
            } catch (IllegalArgumentException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            }
        }
    }
}
