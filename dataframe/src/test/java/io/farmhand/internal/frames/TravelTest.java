package io.farmhand.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.frames.Same;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.task.RemoteFunction;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Index;
import org.dflib.Series;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames and series travel with types, labels and nulls. */
@NullUnmarked
class TravelTest {
    private static final int FRAMES = 400;
    private static final long MANY = 1 << 28;

    private static final List<String> WORDS = List.of("", "a", "bob, jr", "é", "\u2603", "\ud83d\ude00", "\ud83d",
            "line\nbreak",
            "0", "x".repeat(300));

    private final List<Supplier<Series<?>>> kinds = new ArrayList<>();
    private Random random = new Random(0);
    private int height;

    TravelTest() {
        kinds.add(() -> Series.ofBool(bools()));
        kinds.add(() -> Series.ofInt(random.ints(height).toArray()));
        kinds.add(() -> Series.ofLong(random.longs(height).toArray()));
        kinds.add(() -> Series.ofDouble(random.longs(height).mapToDouble(Double::longBitsToDouble).toArray()));
        kinds.add(() -> Series.ofFloat(floats()));
        kinds.add(() -> objects(random::nextBoolean));
        kinds.add(() -> objects(random::nextInt));
        kinds.add(() -> objects(random::nextLong));
        kinds.add(() -> objects(random::nextFloat));
        kinds.add(() -> objects(() -> random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian()));
        kinds.add(() -> objects(() -> WORDS.get(random.nextInt(WORDS.size()))));
        kinds.add(() -> objects(() -> "t" + random.nextLong()));
        kinds.add(() -> objects(() -> LocalDate.ofEpochDay(random.nextInt(20_000))));
        kinds.add(() -> objects(() -> new BigDecimal(random.nextInt())));
        kinds.add(() -> objects(() -> random.nextBoolean() ? "mixed" : random.nextInt()));
        kinds.add(() -> objects(() -> List.of(random.nextInt(), "in a list")));
        kinds.add(() -> Series.ofVal(null, height));
        kinds.add(() -> Series.ofVal("one", height));
        kinds.add(() -> Series.ofVal(7L, height));
        kinds.add(() -> Series.ofVal(true, height));
        // Lazy ones, and views.
        kinds.add(() -> Series.ofInt(random.ints(height).toArray()).map(number -> "number " + number));
        kinds.add(() -> Series.ofDouble(random.doubles(height + 3).toArray()).selectRange(2, height + 2));
        kinds.add(() -> Series.ofLong(random.longs(height + 3).toArray()).select(
                Series.ofInt(random.ints(height, 0, height + 3).toArray())));
    }

    private boolean[] bools() {
        boolean[] values = new boolean[height];
        for (int i = 0; i < height; i++) {
            values[i] = random.nextBoolean();
        }
        return values;
    }

    private float[] floats() {
        float[] values = new float[height];
        for (int i = 0; i < height; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return values;
    }

    private Series<?> objects(Supplier<Object> source) {
        Object[] values = new Object[height];
        int nulls = random.nextInt(3); // none, some, many
        for (int i = 0; i < height; i++) {
            values[i] = random.nextInt(4) < nulls ? null : source.get();
        }
        return Series.of(values);
    }

    private DataFrame frame(long seed) {
        random = new Random(seed);
        height = random.nextInt(5) == 0 ? random.nextInt(2) : random.nextInt(200);
        int width = random.nextInt(6);
        String[] labels = new String[width];
        Series<?>[] columns = new Series<?>[width];
        for (int i = 0; i < width; i++) {
            labels[i] = "c" + i + "é";
            columns[i] = kinds.get(random.nextInt(kinds.size())).get();
        }
        return new ColumnDataFrame(random.nextBoolean() ? null : "named", Index.of(labels), columns);
    }

    /** As from a worker on another host: there are few classes that these may send. */
    private static Object there(Object value) throws Exception {
        return there(value, ValueReader.strict(TravelTest.class.getClassLoader()));
    }

    private static Object there(Object value, ValueReader reader) throws Exception {
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, MANY).writeValue(value);
        ByteBuffer bytes = buffer.detach();
        return reader.read(bytes);
    }

    @Test
    void framesOfEveryTypeTravelAsTheyAre() throws Exception {
        for (long seed = 0; seed < FRAMES; seed++) {
            DataFrame frame = frame(seed);
            Same.assertSame((DataFrame) there(frame), frame, "seed=" + seed);
        }
    }

    @Test
    void seriesOfEveryTypeTravelAsTheyAre() throws Exception {
        for (int size : new int[]{0, 1, 7, 8, 9, 4095, 4096, 4097, 10_000}) {
            for (int i = 0; i < kinds.size(); i++) {
                height = size;
                Series<?> series = kinds.get(i).get();
                Same.assertSame((Series<?>) there(series), series, "kind=" + i + " size=" + size);
            }
        }
    }

    @Test
    void aNegativeZeroStaysNegative() throws Exception {
        Series<?> series = (Series<?>) there(Series.ofDouble(-0.0, Double.NaN));
        assertThat(Double.doubleToRawLongBits(series.castAsDouble().getDouble(0))).isEqualTo(1L << 63);
        assertThat(series.castAsDouble().getDouble(1)).isNaN();
    }

    record Report(String title, DataFrame table, Map<String, Series<?>> more) implements Serializable {}

    @Test
    void theyTravelInsideOthersToo() throws Exception {
        DataFrame frame = frame(3);
        Report report = (Report) there(new Report("r", frame, Map.of("s", Series.of("a", null))),
                ValueReader.filtering(getClass().getClassLoader()));
        Same.assertSame(report.table(), frame, "in a record");
        Same.assertSame(report.more().get("s"), Series.of("a", null), "in a map in a record");
        List<?> list = (List<?>) there(new ArrayList<>(Arrays.asList(frame, null, frame)));
        assertThat(list.get(2)).isSameAs(list.get(0));
    }

    @Test
    void functionsMayCaptureThem() throws Exception {
        DataFrame lookup = DataFrame.byColumn("a").of(Series.of("x", "y"));
        RemoteFunction<Integer, Object> function = row -> lookup.get("a", row);
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, MANY).writeValue(function);
        Object there = ValueReader.trusting(TravelTest.class.getClassLoader()).read(buffer.detach());
        @SuppressWarnings("unchecked")
        RemoteFunction<Integer, Object> read = (RemoteFunction<Integer, Object>) there;
        assertThat(read.apply(1)).isEqualTo("y");
    }

    @Test
    void aValueThatCannotTravelIsNamedByItsPath() {
        DataFrame frame = DataFrame.byColumn("a").of(Series.of(new Object()));
        assertThatThrownBy(() -> there(frame)).isInstanceOf(UnwritableValueException.class)
                .hasMessageContaining("java.lang.Object").hasMessageContaining("Serializable");
    }

    @Test
    void repeatedTextsAreWrittenOnce() {
        Object[] texts = new Object[10_000];
        Arrays.setAll(texts, i -> i % 3 == 0 ? null : WORDS.get(9));
        assertThat(Texts.write(texts)).hasSizeLessThan(11_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void brokenTextsAreRefused(long seed) {
        Random dice = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            Object[] texts = new Object[dice.nextInt(30)];
            Arrays.setAll(texts, _ -> WORDS.get(dice.nextInt(WORDS.size())));
            byte[] bytes = Texts.write(texts);
            for (int flips = dice.nextInt(4); flips > 0; flips--) {
                bytes[dice.nextInt(bytes.length)] = (byte) dice.nextInt();
            }
            byte[] cut = Arrays.copyOf(bytes, dice.nextInt(bytes.length + 1));
            try {
                Texts.read(cut, texts.length);
            } catch (InvalidObjectException | java.nio.BufferUnderflowException e) {
                assertThat(e).isNotNull(); // and no other error, nor memory for what is not there
            }
        }
    }
}
