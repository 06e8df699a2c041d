package io.farmhand.cache;

import io.farmhand.internal.serial.Lambdas;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemotePredicate;
import io.farmhand.task.RemoteRunnable;
import io.farmhand.task.RemoteTriFunction;
import java.io.Externalizable;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How objects of a class come into a hash. Immutable, but for the code of a lambda, which is found once. */
final class Shape {
    private static final ClassValue<Shape> ALL = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return make(type);
        }
    };
    private static final List<Class<?>> FUNCTIONS = List.of(RemoteFunction.class, RemoteBiFunction.class,
            RemoteTriFunction.class, RemoteCallable.class, RemoteRunnable.class, RemotePredicate.class);
    /** Classes of ours that are functions do what those in them say. */
    private static final String OURS = "io.farmhand.internal.";
    private static final List<Class<?>> PLAIN = List.of(BigInteger.class, BigDecimal.class, UUID.class, String.class,
            Integer.class, Long.class, Double.class, Float.class, Short.class, Byte.class, Character.class,
            Boolean.class);

    private static final List<Class<?>> CACHED = List.of(CachedFunction.class, CachedBiFunction.class,
            CachedCallable.class);

    private final Kind kind;
    /** The class, and what its fields are called. */
    private final String name;
    private final List<Field> fields;
    private final @Nullable Method writeReplace;
    private final AtomicReference<byte @Nullable []> code = new AtomicReference<>();

    /** What an object is looked at as. */
    private enum Kind {
        /** It has no parts. */
        PLAIN,
        /** By its {@code toString}, which says all. */
        TEXT,
        /** By what it writes to a stream. */
        SERIALIZED,
        /** An array of objects. */
        ARRAY,
        /** One of the JDK's. */
        LIST,
        /** One of the JDK's. */
        SET,
        /** One of the JDK's. */
        MAP,
        /** Another collection of the JDK's. */
        COLLECTION,
        /** One of the JDK's. */
        ENTRY,
        /** One of the JDK's. */
        OPTIONAL,
        /** By its implementation and what it captured. */
        LAMBDA,
        /** A function that was looked at before. */
        CACHED,
        /** By its fields; what is in it, too, if it is a collection. */
        OBJECT,
        /** By what it has written in its place. */
        REPLACED
    }

    /**
     * What an object consists of.
     *
     * @param name tells kinds of objects apart
     * @param code the hash of a function's code; null for what is none
     * @param ordered parts
     * @param unordered parts, each of one value, or of a key and a value
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Parts(String name, byte @Nullable [] code, Collection<? extends @Nullable Object> ordered,
            Collection<List<@Nullable Object>> unordered) {
        static Parts of(String name, Collection<? extends @Nullable Object> ordered) {
            return new Parts(name, null, ordered, List.of());
        }
    }

    private Shape(Kind kind, String name, List<Field> fields, @Nullable Method writeReplace) {
        this.kind = kind;
        this.name = name;
        this.fields = fields;
        this.writeReplace = writeReplace;
    }

    private static Shape of(Kind kind, Class<?> type) {
        return new Shape(kind, type.getName(), List.of(), null);
    }

    /** How an object comes into a hash. */
    static Shape of(Object value) {
        return ALL.get(value.getClass());
    }

    private static Shape make(Class<?> type) {
        if (type.isArray()) {
            return of(type.getComponentType().isPrimitive() ? Kind.PLAIN : Kind.ARRAY, type);
        }
        if (PLAIN.contains(type) || Enum.class.isAssignableFrom(type) || MemorySegment.class.isAssignableFrom(type)) {
            return of(Kind.PLAIN, type);
        }
        if (type.isHidden() && type.isSynthetic()) {
            return of(Kind.LAMBDA, type);
        }
        if (CACHED.contains(type)) {
            return of(Kind.CACHED, type);
        }
        if (isJdk(type)) {
            return of(kindOfJdk(type), type);
        }
        return ofUsers(type);
    }

    private static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    private static Kind kindOfJdk(Class<?> type) {
        if (type.equals(Class.class) || Path.class.isAssignableFrom(type) || (type.getPackageName().equals("java.time")
                && (TemporalAccessor.class.isAssignableFrom(type) || TemporalAmount.class.isAssignableFrom(type)
                        || ZoneId.class.isAssignableFrom(type)))) {
            return Kind.TEXT;
        }
        if (List.class.isAssignableFrom(type)) {
            return Kind.LIST;
        }
        if (Set.class.isAssignableFrom(type)) {
            return Kind.SET;
        }
        if (Map.class.isAssignableFrom(type)) {
            return Kind.MAP;
        }
        if (Collection.class.isAssignableFrom(type)) {
            return Kind.COLLECTION;
        }
        if (Map.Entry.class.isAssignableFrom(type)) {
            return Kind.ENTRY;
        }
        return type.equals(Optional.class) ? Kind.OPTIONAL : Kind.SERIALIZED;
    }

    private static Shape ofUsers(Class<?> type) {
        if (Path.class.isAssignableFrom(type)) { // of a file system that is not the default one
            return of(Kind.SERIALIZED, type);
        }
        if (!Serializable.class.isAssignableFrom(type) && !type.isRecord()) {
            return of(Kind.SERIALIZED, type); // which will say what is wrong with it
        }
        Method replacing = writeReplace(type);
        if (replacing != null) {
            return new Shape(Kind.REPLACED, type.getName(), List.of(), replacing);
        }
        List<Field> fields = new ArrayList<>();
        if (Externalizable.class.isAssignableFrom(type) || Throwable.class.isAssignableFrom(type)
                || Proxy.isProxyClass(type) || !collectFields(type, fields)) {
            return of(Kind.SERIALIZED, type);
        }
        StringBuilder name = new StringBuilder(type.getName());
        fields.forEach(field -> name.append(' ').append(field.getName()));
        return new Shape(Kind.OBJECT, name.toString(), List.copyOf(fields), null);
    }

    /** Says false if the fields do not tell all, or are closed to us. */
    private static boolean collectFields(Class<?> type, List<Field> fields) {
        for (Class<?> each = type; each != null && !each.equals(Object.class); each = each.getSuperclass()) {
            if (isJdk(each)) {
                boolean asked = Collection.class.isAssignableFrom(each) || Map.class.isAssignableFrom(each);
                return asked || each.equals(Record.class) || each.equals(Number.class);
            }
            if (!type.isRecord() && writesItself(each)) {
                return false;
            }
            Field[] declared = each.getDeclaredFields();
            Arrays.sort(declared, Comparator.comparing(Field::getName)); // the JVM promises no order
            for (Field field : declared) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)) {
                    if (!field.trySetAccessible()) {
                        return false;
                    }
                    fields.add(field);
                }
            }
        }
        return true;
    }

    private static boolean writesItself(Class<?> type) {
        try {
            return Modifier.isPrivate(type.getDeclaredMethod("writeObject", ObjectOutputStream.class).getModifiers());
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static @Nullable Method writeReplace(Class<?> type) {
        Method found = null;
        for (Class<?> each = type; each != null && found == null; each = each.getSuperclass()) {
            found = Stream.of(each.getDeclaredMethods())
                    .filter(method -> method.getName().equals("writeReplace") && method.getParameterCount() == 0)
                    .findFirst().orElse(null);
        }
        if (found == null) {
            return null;
        }
        boolean isInherited = found.getDeclaringClass().equals(type) || !Modifier.isPrivate(found.getModifiers());
        return isInherited && found.trySetAccessible() ? found : null;
    }

    /** Whether objects have no parts. */
    boolean isPlain() {
        return kind == Kind.PLAIN || kind == Kind.TEXT || kind == Kind.SERIALIZED;
    }

    /** Whether objects are added by what they write to a stream. */
    boolean isSerialized() {
        return kind == Kind.SERIALIZED;
    }

    /** What says all of an object; null if there is no such text. */
    @Nullable
    String text(Object value) {
        if (kind != Kind.TEXT) {
            return null;
        }
        return value instanceof Class<?> type ? type.getName() : value.toString();
    }

    /** The parts of an object. */
    Parts parts(Object value) {
        return switch (kind) {
            case ARRAY -> Parts.of(value.getClass().getName(), Arrays.asList((@Nullable Object[]) value));
            case LIST -> Parts.of("list", (List<?>) value);
            case SET -> new Parts("set", null, List.of(), single((Set<?>) value));
            case MAP -> new Parts("map", null, List.of(), pairs((Map<?, ?>) value));
            case COLLECTION -> Parts.of(name, (Collection<?>) value);
            case ENTRY -> Parts.of("entry", pair((Map.Entry<?, ?>) value));
            case OPTIONAL -> Parts.of("optional", one(((Optional<?>) value).orElse(null)));
            case LAMBDA -> lambda(value);
            case CACHED -> Parts.of("cached", one(idOf(value).hash()));
            case REPLACED -> replaced(value);
            case OBJECT -> object(value, List.of());
            case PLAIN, TEXT, SERIALIZED -> throw new AssertionError("it has no parts: " + name);
        };
    }

    /** The parts of a record without some of its components. */
    Parts without(Object value, List<String> ignored) {
        return object(value, ignored);
    }

    private static FunctionId idOf(Object value) {
        return switch (value) {
            case CachedFunction<?, ?> function -> function.id();
            case CachedBiFunction<?, ?, ?> function -> function.id();
            case CachedCallable<?> function -> function.id();
            default -> throw new AssertionError("not cached: " + value.getClass());
        };
    }

    private Parts object(Object value, List<String> ignored) {
        List<@Nullable Object> parts = new ArrayList<>(fields.size() + 1);
        for (Field field : fields) {
            if (!ignored.contains(field.getName())) {
                parts.add(get(field, value));
            }
        }
        Collection<List<@Nullable Object>> unordered = switch (value) {
            case Set<?> set -> single(set);
            case Map<?, ?> map -> pairs(map);
            default -> List.of();
        };
        if (value instanceof Collection<?> collection && !(value instanceof Set<?>)) {
            parts.add(new ArrayList<@Nullable Object>(collection));
        }
        String told = ignored.isEmpty() ? name : name + " without " + ignored;
        return new Parts(told, isFunction(value) ? code(value, null) : null, parts, unordered);
    }

    private static @Nullable Object get(Field field, Object value) {
        try {
            return field.get(value);
        } catch (IllegalAccessException e) {
            throw new AssertionError("it was made accessible", e);
        }
    }

    private static boolean isFunction(Object value) {
        return !value.getClass().getName().startsWith(OURS)
                && FUNCTIONS.stream().anyMatch(each -> each.isInstance(value));
    }

    private Parts lambda(Object value) {
        SerializedLambda form = Lambdas.form(value);
        if (form == null) {
            throw new IllegalArgumentException("A function cannot be hashed: " + value.getClass().getName()
                    + " is a lambda that is not serializable, or a class made at run time. Give it a type such as"
                    + " RemoteFunction.");
        }
        List<@Nullable Object> captured = new ArrayList<>(form.getCapturedArgCount());
        for (int i = 0; i < form.getCapturedArgCount(); i++) {
            captured.add(form.getCapturedArg(i));
        }
        String method = String.join(" ", "lambda", form.getImplClass(), form.getImplMethodName(),
                form.getImplMethodSignature(), Integer.toString(form.getImplMethodKind()));
        return new Parts(method, code(value, form), captured, List.of());
    }

    /** @param form null for what is no lambda */
    private byte[] code(Object value, @Nullable SerializedLambda form) {
        byte[] known = code.get();
        if (known == null) {
            Class<?> type = value.getClass();
            known = CodeHash.of(form == null ? type.getName().replace('.', '/') : form.getImplClass(),
                    type.getClassLoader());
            code.set(known);
        }
        return known;
    }

    @SuppressWarnings("ReferenceEquality")
    private Parts replaced(Object value) {
        Object written;
        try {
            written = writeReplace == null ? value : writeReplace.invoke(value);
        } catch (IllegalAccessException e) {
            throw new AssertionError("it was made accessible", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("A value cannot be hashed: writeReplace of " + name + " threw "
                    + e.getCause(), e.getCause());
        }
        if (written == value) {
            throw new IllegalArgumentException("A value cannot be hashed: writeReplace of " + name + " gives itself.");
        }
        return Parts.of("replaced", one(written));
    }

    private static List<@Nullable Object> one(@Nullable Object value) {
        List<@Nullable Object> one = new ArrayList<>(1);
        one.add(value);
        return one;
    }

    private static List<@Nullable Object> pair(Map.Entry<?, ?> entry) {
        List<@Nullable Object> pair = new ArrayList<>(2);
        pair.add(entry.getKey());
        pair.add(entry.getValue());
        return pair;
    }

    private static Collection<List<@Nullable Object>> single(Set<?> set) {
        List<List<@Nullable Object>> all = new ArrayList<>(set.size());
        for (Object each : set) {
            all.add(one(each));
        }
        return all;
    }

    private static Collection<List<@Nullable Object>> pairs(Map<?, ?> map) {
        List<List<@Nullable Object>> all = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> each : map.entrySet()) {
            all.add(pair(each));
        }
        return all;
    }
}
