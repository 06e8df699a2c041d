package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written beside classes that no class path has, and what is made of it. */
@NullUnmarked
class TravellingClassesTest {
    /** Defines its own of the classes below, so that they are not those of the class path. */
    private static final class Apart extends ClassLoader {
        Apart() {
            super(TravellingClassesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(TravellingClassesTest.class.getName() + "$Of")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        Class<?> own(Class<?> type) throws ClassNotFoundException {
            return loadClass(type.getName());
        }
    }

    /** Its loader's number for each class, and what is said of them. */
    private static final class Notes implements TravellingClasses, ArrivedClasses {
        final List<Class<?>> asked = new ArrayList<>();
        final Map<String, ClassLoader> known = new HashMap<>();
        final List<List<Class<?>>> askedForVariables = new ArrayList<>();
        List<StaticValue> variables = List.of();

        @Override
        public @Nullable String note(Class<?> type) {
            asked.add(type);
            known.put("the loader", type.getClassLoader());
            return "the loader";
        }

        @Override
        public List<StaticValue> variables(List<SerializedLambda> lambdas, Set<Class<?>> types) {
            askedForVariables.add(List.copyOf(types));
            List<StaticValue> once = variables;
            variables = List.of();
            return once;
        }

        @Override
        public ClassLoader loader(String note) {
            return known.get(note);
        }
    }

    public enum OfColor {
        RED
    }

    public interface OfSome extends Serializable {
        OfRecord some();
    }

    public record OfRecord(int x) implements Serializable {}

    public static final class OfParent implements Serializable {
        private static final long serialVersionUID = 1;
        public static int counter;
        final OfRecord[] records = {new OfRecord(1), new OfRecord(2)};
        final OfColor color = OfColor.RED;
        final transient Runnable lost = () -> {};
    }

    public static final class OfHolder implements Serializable {
        private static final long serialVersionUID = 1;
        public static Object record;
    }

    public static final class OfHandler implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public Object invoke(Object proxy, Method method, Object[] args) {
            return null;
        }
    }

    private final Apart apart = new Apart();
    private final Notes notes = new Notes();

    private ByteBuffer encode(Object value) throws UnwritableValueException {
        PayloadBuffer out = new PayloadBuffer();
        new ValueWriter(out, 1 << 20, notes).writeValue(value);
        return out.detach();
    }

    private Object read(ByteBuffer bytes) throws UnreadableValueException {
        return ValueReader.trusting(ClassLoader.getSystemClassLoader(), SegmentMaker.COPY, notes).read(bytes);
    }

    private Object make(Class<?> type) throws ReflectiveOperationException {
        return type == OfRecord.class
                ? apart.own(type).getConstructor(int.class).newInstance(3)
                : apart.own(type).getConstructor().newInstance();
    }

    @Test
    void aReaderFindsThemByTheNote() throws Exception {
        Object parent = make(OfParent.class);
        Object back = read(encode(List.of(1, "two", parent)));
        Object third = ((List<?>) back).get(2);
        assertThat(third.getClass()).isSameAs(parent.getClass()).isNotSameAs(OfParent.class);
    }

    @Test
    void eachClassThatIsNamedIsAskedForOnceAndArraysByTheirElements() throws Exception {
        Object value = make(OfParent.class);
        encode(new Object[]{value, value, make(OfParent.class)});
        assertThat(notes.asked).noneMatch(Class::isArray);
        assertThat(notes.asked.stream().map(Class::getName)).containsExactlyInAnyOrder(OfParent.class.getName(),
                OfColor.class.getName(), OfRecord.class.getName(), OfRecord.class.getName());
    }

    @Test
    void proxiesAreFoundByTheirInterfaces() throws Exception {
        Object proxy = Proxy.newProxyInstance(apart, new Class<?>[]{Serializable.class, apart.own(OfSome.class)},
                (InvocationHandler) make(OfHandler.class));
        Object back = read(encode(proxy));
        assertThat(back.getClass().getInterfaces()[1]).isSameAs(apart.own(OfSome.class));
    }

    @Test
    void classesOfTheClassPathHaveNone() throws Exception {
        ByteBuffer with = encode(List.of(new OfRecord(1), OfColor.RED));
        assertThat(notes.asked).isEmpty();
        PayloadBuffer out = new PayloadBuffer();
        new ValueWriter(out, 1 << 20).writeValue(List.of(new OfRecord(1), OfColor.RED));
        assertThat(with).isEqualTo(out.detach());
    }

    @Test
    void aReaderThatKnowsNothingOfNotesPassesOverThem() throws Exception {
        ByteBuffer bytes = encode(make(OfRecord.class));
        assertThat(ValueReader.trusting(ClassLoader.getSystemClassLoader()).read(bytes)).isEqualTo(new OfRecord(3));
        assertThat(ValueReader.filtering(apart).read(bytes).getClass()).isSameAs(apart.own(OfRecord.class));
    }

    @Test
    void valuesAfterOneWithANoteAreReadAsBefore() throws Exception {
        ByteBuffer noted = encode(make(OfRecord.class));
        PayloadBuffer out = new PayloadBuffer();
        new ValueWriter(out, 1 << 20).writeValue(new OfRecord(4));
        ByteBuffer plain = out.detach();
        ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader(), SegmentMaker.COPY, notes);
        assertThat(reader.read(noted)).isNotInstanceOf(OfRecord.class);
        assertThat(reader.read(plain)).isInstanceOf(OfRecord.class);
    }

    @Test
    void variablesAreSetWhereTheValueIsRead() throws Exception {
        Class<?> type = apart.own(OfParent.class);
        notes.variables = List.of(new StaticValue(type, "counter", 42));
        ByteBuffer bytes = encode(make(OfParent.class));
        assertThat(type.getField("counter").get(null)).isEqualTo(0);
        assertThat(read(bytes).getClass()).isSameAs(type);
        assertThat(type.getField("counter").get(null)).isEqualTo(42);
    }

    @Test
    void whatComesWithVariablesMayReadVariablesItself() throws Exception {
        Class<?> type = apart.own(OfHolder.class);
        notes.variables = List.of(new StaticValue(type, "record", make(OfRecord.class)));
        read(encode(make(OfHolder.class)));
        assertThat(notes.askedForVariables).containsExactly(List.of(type),
                List.of(type, apart.own(OfRecord.class)));
        assertThat(type.getField("record").get(null).getClass()).isSameAs(apart.own(OfRecord.class));
    }

    @Test
    void aRefusalIsToldAsItIs() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20, type -> {
            throw new TravellingClasses.RefusedException("it is too long");
        });
        Object value = make(OfRecord.class);
        assertThatThrownBy(() -> writer.writeValue(value)).isInstanceOf(UnwritableValueException.class)
                .hasMessage("it is too long");
        assertThat(out.size()).isZero();
    }

    @Test
    void classesThatDoNotComeAreToldWithTheReason() throws Exception {
        ByteBuffer bytes = encode(make(OfRecord.class));
        ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader(), SegmentMaker.COPY, note -> {
            throw new IOException("its classes are gone");
        });
        assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(UnreadableValueException.class)
                .hasMessageContaining("its classes are gone");
    }
}
