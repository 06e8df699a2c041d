package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteFunction;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StandInTest {
    record Job(Path input, Optional<Path> output, List<Path> others) implements Serializable {}

    record Holder(Optional<Object> content) implements Serializable {}

    static Stream<Object> values() {
        return Stream.of(Path.of("a/b.csv"), Path.of(""), Path.of("/tmp/ü \n x"), Optional.empty(), Optional.of("x"),
                Optional.of(Optional.of(Path.of("y"))), OptionalInt.empty(), OptionalInt.of(0),
                OptionalLong.of(1L << 40),
                OptionalDouble.of(-0.0), OptionalDouble.empty(), List.of(Path.of("a"), Path.of("b")),
                Map.of("k", Path.of("v")),
                new Job(Path.of("in"), Optional.of(Path.of("out")), List.of(Path.of("/"))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void pathsAndOptionalsTravelAloneAndInsideOthers(Object value) throws Exception {
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, 10_000).writeValue(value);
        ByteBuffer bytes = buffer.detach();
        assertThat(ValueReader.filtering(getClass().getClassLoader()).read(bytes)).isEqualTo(value);
    }

    @Test
    void anOptionalOfWhatCannotBeWrittenIsExplained() {
        ValueWriter writer = new ValueWriter(new PayloadBuffer(), 10_000);
        assertThatThrownBy(() -> writer.writeValue(new Holder(Optional.of(new Object()))))
                .isInstanceOf(UnwritableValueException.class)
                .hasMessageContaining(
                        "Holder.content -> java.util.Optional.value -> java.lang.Object is not Serializable");
    }

    @Test
    void aPlainReaderShowsPathsAndRunsNoCodeOfTheUsers() throws Exception {
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, 10_000).writeValue(Map.of("k", Path.of("v")));
        assertThat(ValueReader.plain().read(buffer.detach())).isEqualTo(Map.of("k", Path.of("v")));
        new ValueWriter(buffer, 10_000).writeValue(new Holder(Optional.empty()));
        ByteBuffer own = buffer.detach();
        assertThatThrownBy(() -> ValueReader.plain().read(own)).isInstanceOf(UnreadableValueException.class)
                .hasMessageContaining("Holder");
        RemoteFunction<Integer, Integer> lambda = n -> n;
        new ValueWriter(buffer, 10_000).writeValue(lambda);
        ByteBuffer function = buffer.detach();
        assertThatThrownBy(() -> ValueReader.plain().read(function)).isInstanceOf(UnreadableValueException.class);
    }
}
