package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged bytes give a value or an UnreadableValueException, soon, and nothing else. */
@Timeout(60)
class FuzzTest {
    @SuppressWarnings("ArrayRecordComponent")
    record Order(String id, Map<String, Integer> lines, int[] codes) implements Serializable {}

    /** Reads, and says whether it gave a value. Anything but a refusal is thrown on and fails the test. */
    static boolean readOrRefuse(ValueReader reader, ByteBuffer item) {
        try {
            reader.read(item);
            return true;
        } catch (UnreadableValueException e) {
            assertThat(e).hasMessageStartingWith("Cannot read a value: ");
            return false;
        }
    }

    private static List<byte[]> samples() throws Exception {
        RandomValues values = new RandomValues(4711);
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            samples.add(Codec.bytes(values.value()));
        }
        Order order = new Order("a", new HashMap<>(Map.of("x", 1, "y", 2)), new int[]{1, 2, 3});
        samples.add(Codec.bytes(order));
        samples.add(Codec.bytes(new ArrayList<>(List.of(order, List.of(order), Map.of(1, order)))));
        samples.add(Codec.bytes(new Pair(order, 1)));
        samples.add(Codec.bytes(new IllegalStateException("x")));
        return samples;
    }

    @Test
    void everyPrefixIsRefused() throws Exception {
        for (byte[] sample : samples()) {
            for (int length = 0; length < sample.length; length++) {
                boolean read = readOrRefuse(Codec.FILTERING, Codec.over(Arrays.copyOf(sample, length)));
                assertThat(read).as("prefix of %s of %s bytes", length, sample.length).isFalse();
            }
        }
    }

    @Test
    void bytesAfterTheValueAreRefused() throws Exception {
        for (byte[] sample : samples()) {
            for (byte extra : new byte[]{0, 1, 0x70, 0x73, 0x77, -1}) {
                byte[] longer = Arrays.copyOf(sample, sample.length + 1);
                longer[sample.length] = extra;
                assertThat(readOrRefuse(Codec.FILTERING, Codec.over(longer))).isFalse();
            }
        }
    }

    @Test
    void flippedBytesDoNoHarm() throws Exception {
        Random random = new Random(99);
        for (byte[] sample : samples()) {
            for (int round = 0; round < 400; round++) {
                byte[] damaged = sample.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    int at = random.nextBoolean()
                            ? random.nextInt(Math.min(8, damaged.length))
                            : random.nextInt(damaged.length);
                    damaged[at] = random.nextInt(4) == 0 ? (byte) -1 : (byte) random.nextInt();
                }
                readOrRefuse(Codec.FILTERING, Codec.over(damaged));
            }
        }
    }
}
