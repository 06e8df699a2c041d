package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bound on one item holds to the byte, and what fails leaves no trace. */
class LimitTest {
    /** Writes much, and keeps quiet about being refused. */
    static final class Swallower implements Serializable {
        private void writeObject(ObjectOutputStream out) throws IOException {
            for (int i = 0; i < 100; i++) {
                try {
                    out.write(new byte[1_000]);
                    out.flush();
                } catch (IOException | RuntimeException e) {
                    // Quiet.
                }
            }
        }
    }

    static Stream<Object> values() {
        return Stream.of(7, "text", "\u20ac", new int[5], new String[]{"a", null}, List.of(1, 2, 3),
                new ArrayList<>(List.of("a", 1)), BigInteger.TEN, new Pair(1, BigInteger.ONE), new Pair("a", "b"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void theLimitHoldsToTheByte(Object value) throws Exception {
        int length = Codec.encode(value).remaining();
        for (int limit : new int[]{length, length + 1}) {
            PayloadBuffer out = new PayloadBuffer();
            new ValueWriter(out, limit).writeItem(value);
            assertThat(out.size()).isEqualTo(4 + length);
            new ValueWriter(out, limit).writeValue(value);
            assertThat(out.size()).isEqualTo(4 + 2 * length);
        }
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, length - 1);
        writer.writeFailure(new byte[0]);
        int before = out.size();
        ValueTooLargeException error = catchThrowableOfType(ValueTooLargeException.class,
                () -> writer.writeItem(value));
        assertThat(error.limit()).isEqualTo(length - 1);
        assertThat(error).hasMessageContaining("limitBytes=" + (length - 1));
        assertThat(out.size()).isEqualTo(before);
        assertThatThrownBy(() -> writer.writeValue(value)).isInstanceOf(ValueTooLargeException.class);
        assertThat(out.size()).isEqualTo(before);
    }

    @Test
    void aHugeValueIsGivenUpAtTheLimit() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1_000);
        List<String> shared = List.of(IntStream.range(0, 100_000).mapToObj(Integer::toString).toArray(String[]::new));
        for (Object value : List.of(new byte[100 << 20], shared, new Object[]{shared})) {
            assertThatThrownBy(() -> writer.writeItem(value)).isInstanceOf(ValueTooLargeException.class);
        }
        writer.writeItem("still usable");
        assertThat(Codec.TRUSTING.read(Items.cursor(out.detach()).next())).isEqualTo("still usable");
    }

    @Test
    void aRefusalThatUserCodeSwallowsStillFailsTheItem() {
        PayloadBuffer out = new PayloadBuffer();
        assertThatThrownBy(() -> new ValueWriter(out, 5_000).writeItem(new Swallower()))
                .isInstanceOf(ValueTooLargeException.class);
        assertThat(out.size()).isZero();
    }

    @Test
    void whatCannotBeWrittenLeavesTheBufferAsItWas() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        writer.writeItem(1);
        int before = out.size();
        for (Object value : List.of(new Object(), List.of(1, new Object()), new Pair(1, new Object()),
                new Pair(new Object(), 1), new Pair(new Object(), new Object()))) {
            assertThatThrownBy(() -> writer.writeItem(value)).isInstanceOf(UnwritableValueException.class)
                    .hasMessageContaining("java.lang.Object is not Serializable");
            assertThat(out.size()).isEqualTo(before);
        }
        writer.writeItem(2);
        assertThat(Items.count(out.detach())).isEqualTo(2);
        assertThat(out.size()).isZero();
    }

    @Test
    void aBufferThatWasGivenAwayIsNotWrittenAgain() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        writer.writeItem(1);
        var first = out.detach();
        writer.writeItem(2);
        assertThat(Codec.TRUSTING.read(Items.cursor(first).next())).isEqualTo(1);
        assertThatThrownBy(() -> out.truncate(100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ValueWriter(out, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
