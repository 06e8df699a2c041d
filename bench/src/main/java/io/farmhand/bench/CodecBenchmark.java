package io.farmhand.bench;

import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Items written into a chunk and read out of it: what each costs, by kind. */
@State(Scope.Benchmark)
public class CodecBenchmark {
    private static final int ITEMS = 1000;
    private static final int ARRAY_LENGTH = 1000;

    /** What the items are. */
    @Param
    public Kind kind = Kind.INTS;

    private List<Object> values = List.of();
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private final PayloadBuffer out = new PayloadBuffer();
    private final ValueWriter writer = new ValueWriter(out, Integer.MAX_VALUE);
    private final ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader());

    /** A kind of item. */
    public enum Kind {
        /** Boxed ints, which stand in a run. */
        INTS,
        /** Short strings, each an item of its own. */
        STRINGS,
        /** Arrays of 8 kB, which are copied in bulk. */
        DOUBLE_ARRAYS,
        /** Lists of numbers, bare. */
        LISTS,
        /** Records, by the JDK's own serialization. */
        RECORDS;

        private Object make(int i) {
            return switch (this) {
                case INTS -> i;
                case STRINGS -> "line " + i;
                case DOUBLE_ARRAYS -> IntStream.range(0, ARRAY_LENGTH).asDoubleStream().toArray();
                case LISTS -> List.of(i, i + 1, i + 2);
                case RECORDS -> new Point(i, i);
            };
        }
    }

    /** A small record. */
    public record Point(int x, int y) implements Serializable {}

    /** Makes the values, and the chunk that is read. */
    @Setup
    public void prepare() throws UnwritableValueException {
        values = IntStream.range(0, ITEMS).mapToObj(kind::make).toList();
        chunk = write();
    }

    /** For each item written. */
    @Benchmark
    @OperationsPerInvocation(ITEMS)
    public ByteBuffer write() throws UnwritableValueException {
        for (Object value : values) {
            writer.writeItem(value);
        }
        return out.detach();
    }

    /** For each item read. */
    @Benchmark
    @OperationsPerInvocation(ITEMS)
    public void read(Blackhole values) throws UnreadableValueException {
        for (Items.Cursor items = Items.cursor(chunk); items.hasNext();) {
            items.step();
            values.consume(reader.read(items));
        }
    }
}
