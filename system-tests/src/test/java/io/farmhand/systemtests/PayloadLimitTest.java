package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.task.RemoteFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payload may be exactly as long as the limit, and the limit may be longer than a frame of the protocol. */
@FarmTest
@NullUnmarked
@ParameterizedClass
@ValueSource(strings = {"true", "false"})
class PayloadLimitTest {
    @Parameter
    String shared;

    private Property property;

    private static final int FRAME_BYTES = 1 << 20;
    /** An item's length, before its bytes in the payload of a message. */
    private static final int LENGTH_BYTES = 4;
    private static final int SHORT = 100_000;
    /** More than two frames. */
    private static final int LONG = 3_000_000;

    /** A function that carries an array. */
    private static final class Carrier implements RemoteFunction<Integer, Integer> {
        private static final long serialVersionUID = 1;

        private final byte[] load;

        Carrier(byte[] load) {
            this.load = load;
        }

        @Override
        public Integer apply(Integer item) {
            return load.length + item;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SHORT, LONG})
    void refusesOnlyTheArgumentsThatAreLongerThanTheLimit(int limit) throws Exception {
        List<byte[]> items = aroundTheLimit(limit);
        for (int chunkSize : List.of(1, 3, items.size())) {
            try (Pool pool = Pool.builder().workers(1).maxPayload(limit).build();
                    Stream<Result<Integer>> stream = pool.imapResults(array -> array.length, items, chunkSize)) {
                List<Long> workers = Workers.livePids();
                List<Result<Integer>> results = stream.toList();
                assertThat(results).hasSameSizeAs(items);
                for (int i = 0; i < items.size(); i++) {
                    assertOutcome(results.get(i), i, items.get(i).length, limit, Stage.ARGUMENT_OUT);
                }
                assertThat(Workers.livePids()).as("the worker lives on").isEqualTo(workers);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SHORT, LONG})
    void refusesOnlyTheResultsThatAreLongerThanTheLimit(int limit) throws Exception {
        List<Integer> lengths = aroundTheLimit(limit).stream().map(array -> array.length).toList();
        for (int chunkSize : List.of(1, 3, lengths.size())) {
            try (Pool pool = Pool.builder().workers(1).maxPayload(limit).build();
                    Stream<Result<byte[]>> stream = pool.imapResults(byte[]::new, lengths, chunkSize)) {
                List<Long> workers = Workers.livePids();
                List<Result<byte[]>> results = stream.toList();
                assertThat(results).hasSameSizeAs(lengths);
                for (int i = 0; i < results.size(); i++) {
                    Result<byte[]> result = results.get(i);
                    if (result instanceof Result.Success<byte[]> success) {
                        assertThat(success.value()).hasSize(lengths.get(i));
                    }
                    assertOutcome(result, i, lengths.get(i), limit, Stage.RESULT_OUT);
                }
                assertThat(Workers.livePids()).as("the worker lives on").isEqualTo(workers);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SHORT, LONG})
    void refusesAFunctionThatIsLongerThanTheLimit(int limit) throws Exception {
        int longest = lengthFor(limit, length -> new Carrier(new byte[length]));
        try (Pool pool = Pool.builder().workers(1).maxPayload(limit).build()) {
            List<Long> workers = Workers.livePids();
            for (int round = 0; round < 2; round++) {
                for (int length : List.of(longest - 1, longest)) {
                    assertThat(pool.map(new Carrier(new byte[length]), List.of(1, 2)))
                            .containsExactly(length + 1, length + 2);
                }
                Carrier tooLong = new Carrier(new byte[longest + 1]);
                assertThatThrownBy(() -> pool.map(tooLong, List.of(1, 2)))
                        .isInstanceOfSatisfying(TaskSerializationException.class,
                                e -> assertThat(e.stage()).isEqualTo(Stage.FUNCTION_OUT))
                        .hasMessageContaining(Integer.toString(limit))
                        .hasMessageContaining("maxPayload");
            }
            assertThat(Workers.livePids()).as("the worker lives on").isEqualTo(workers);
        }
    }

    @Test
    void roundTripsPayloadsOfEveryLengthAroundAFrame() throws Exception {
        List<byte[]> items = new ArrayList<>();
        for (int frames = 1; frames <= 3; frames++) {
            // The whole payload with the item's length in it, and the item without, at -1, 0 and 1.
            int payload = lengthFor(frames * FRAME_BYTES - LENGTH_BYTES, byte[]::new);
            IntStream.rangeClosed(payload - 2, payload + LENGTH_BYTES + 2).forEach(length -> items.add(random(length)));
        }
        try (Pool pool = Pool.create(2)) {
            for (int chunkSize : List.of(1, 4)) {
                List<byte[]> results = pool.map(array -> array, items, chunkSize);
                assertThat(results).hasSameSizeAs(items);
                for (int i = 0; i < items.size(); i++) {
                    assertThat(Arrays.equals(results.get(i), items.get(i))).as("%d bytes", items.get(i).length)
                            .isTrue();
                }
            }
        }
    }

    @BeforeEach
    void share() {
        property = Property.set(SharedPayloadTest.PROPERTY, shared);
    }

    @AfterEach
    void restore() {
        property.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Arrays whose encoding is one short of the limit, at it and over it, as first and as later items. */
    private static List<byte[]> aroundTheLimit(int limit) throws Exception {
        int longest = lengthFor(limit, byte[]::new);
        return Stream.of(longest + 1, 1, longest - 1, longest, longest + 1, longest, 2, longest + 1, 3).map(byte[]::new)
                .toList();
    }

    /** The length at which the encoding has exactly so many bytes. */
    private static int lengthFor(int encodedBytes, IntFunction<Object> value) throws UnwritableValueException {
        int length = encodedBytes - (encodedSize(value.apply(encodedBytes)) - encodedBytes);
        assertThat(encodedSize(value.apply(length))).isEqualTo(encodedBytes);
        return length;
    }

    private static int encodedSize(Object value) throws UnwritableValueException {
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, Integer.MAX_VALUE).writeValue(value);
        return buffer.size();
    }

    private static void assertOutcome(Result<?> result, int index, int length, int limit, Stage stage)
            throws UnwritableValueException {
        assertThat(result.index()).isEqualTo(index);
        if (encodedSize(new byte[length]) <= limit) {
            assertThat(result).as("%d bytes", length).isInstanceOf(Result.Success.class);
        } else {
            assertThat(result).isInstanceOf(Result.Failure.class);
            Throwable error = ((Result.Failure<?>) result).error();
            assertThat(error).isInstanceOf(TaskSerializationException.class)
                    .hasMessageContaining(Integer.toString(limit)).hasMessageContaining("maxPayload");
            assertThat(((TaskSerializationException) error).stage()).isEqualTo(stage);
            assertThat(((TaskSerializationException) error).index()).isEqualTo(index);
        }
    }
}
