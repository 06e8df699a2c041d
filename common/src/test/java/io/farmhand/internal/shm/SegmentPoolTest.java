package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.SharedPayload.Place;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments are lent to one payload at a time, and come back when nobody needs them any more. */
@NullUnmarked
class SegmentPoolTest {
    private static final int MIB = 1 << 20;
    private static final long PLENTY = 64 * MIB;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    Path directory;

    private SegmentPool pool;
    private SegmentReader reader;
    private final List<Integer> gone = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makePool() {
        pool = pool(PLENTY);
        reader = new SegmentReader(prefix());
    }

    @AfterEach
    void closePool() {
        reader.close();
        pool.close();
    }

    private SegmentPool pool(long maxBytes) {
        return new SegmentPool(prefix(), maxBytes, maxBytes, gone::add);
    }

    private String prefix() {
        return directory.resolve("c").toString();
    }

    private static ByteBuffer encode(Room room, Object value) throws Exception {
        PayloadBuffer buffer = new PayloadBuffer(room);
        new ValueWriter(buffer, Integer.MAX_VALUE).writeValue(value);
        return buffer.detach();
    }

    private static Object decode(ByteBuffer bytes) throws Exception {
        return ValueReader.plain().read(bytes.order(ByteOrder.LITTLE_ENDIAN));
    }

    private static double[] numbers(int count) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> Math.sin(i));
        return numbers;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private interface Attempt {
        void make() throws Exception;
    }

    /** Makes an attempt until it succeeds. */
    private static void eventually(Attempt attempt) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try {
                attempt.make();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void theReaderReadsWhatWasWritten() throws Exception {
        double[] numbers = numbers(MIB);
        ByteBuffer written = encode(pool, numbers);
        Place place = SharedPayload.placeOf(written);
        assertThat(place).isEqualTo(new Place(1, 0));
        assertThat((double[]) decode(reader.payload(place, written.remaining()))).isEqualTo(numbers);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsShortStaysOnTheHeap() throws Exception {
        ByteBuffer written = encode(pool, new byte[MIB - 100]);
        assertThat(SharedPayload.placeOf(written)).isNull();
        assertThat(files()).isEmpty();
    }

    @Test
    void aPartOfAPayloadHasItsPlace() throws Exception {
        ByteBuffer written = encode(pool, new byte[2 * MIB]);
        ByteBuffer part = written.slice(1000, 500);
        assertThat(SharedPayload.placeOf(part)).isEqualTo(new Place(1, 1000));
        assertThat(SharedPayload.placeOf(part.slice(10, 20))).isEqualTo(new Place(1, 1010));
    }

    @Test
    void aReleasedSegmentIsLentAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            ByteBuffer written = encode(pool, new byte[3 * MIB]);
            assertThat(SharedPayload.placeOf(written).segment()).isEqualTo(1);
            SharedPayload.release(written);
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void aSegmentComesBackWhenTheLastOfItsPartsIsReleased() throws Exception {
        ByteBuffer written = encode(pool, new byte[3 * MIB]);
        int half = written.remaining() / 2;
        SharedPayload.release(written.slice(half, written.remaining() - half));
        assertThat(SharedPayload.placeOf(encode(pool, new byte[3 * MIB])).segment()).isEqualTo(2);
        SharedPayload.release(written.slice(0, half));
        assertThat(SharedPayload.placeOf(encode(pool, new byte[3 * MIB])).segment()).isEqualTo(1);
    }

    @Test
    void aSegmentComesBackWhenNobodyRefersToItsBytes() throws Exception {
        try (SegmentPool single = pool(4 * MIB)) {
            ByteBuffer written = encode(single, new byte[3 * MIB]);
            ByteBuffer part = written.slice(5, 10).asReadOnlyBuffer().duplicate();
            written = null;
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            assertThat(SharedPayload.placeOf(part)).as("still referred to").isEqualTo(new Place(1, 5));
            assertThat(SharedPayload.placeOf(encode(single, new byte[3 * MIB]))).as("no room beside it").isNull();
            part = null;
            eventually(() -> {
                System.gc();
                assertThat(SharedPayload.placeOf(encode(single, new byte[3 * MIB]))).isEqualTo(new Place(1, 0));
            });
        }
    }

    @Test
    void whatIsSentIsKeptUntilItsReaderHasFreedIt() throws Exception {
        pool.hold(encode(pool, new byte[3 * MIB]));
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        assertThat(SharedPayload.placeOf(encode(pool, new byte[3 * MIB])).segment()).isEqualTo(2);
        pool.freed(1);
        pool.freed(1);
        assertThat(SharedPayload.placeOf(encode(pool, new byte[3 * MIB])).segment()).isEqualTo(1);
    }

    @Test
    void growingPayloadsGiveBackWhatTheyOutgrow() throws Exception {
        PayloadBuffer buffer = new PayloadBuffer(pool);
        byte[] part = new byte[MIB / 2];
        for (int i = 0; i < 32; i++) {
            Arrays.fill(part, (byte) i);
            buffer.write(part, 0, part.length);
        }
        ByteBuffer written = buffer.detach();
        assertThat(written.remaining()).isEqualTo(16 * MIB);
        for (int i = 0; i < 32; i++) {
            assertThat(written.get(i * (MIB / 2) + 7)).isEqualTo((byte) i);
        }
        int last = SharedPayload.placeOf(written).segment();
        ByteBuffer shorter = encode(pool, new byte[3 * MIB / 2]);
        assertThat(SharedPayload.placeOf(shorter).segment()).isLessThan(last);
    }

    @Test
    void lendsNothingOverItsLimit() throws Exception {
        try (SegmentPool small = pool(5 * MIB)) {
            ByteBuffer first = encode(small, new byte[3 * MIB]);
            ByteBuffer second = encode(small, new byte[3 * MIB]);
            assertThat(SharedPayload.placeOf(first)).isNotNull();
            assertThat(SharedPayload.placeOf(second)).as("on the heap").isNull();
            assertThat(second.isDirect()).isFalse();
            SharedPayload.release(first);
            assertThat(SharedPayload.placeOf(encode(small, new byte[3 * MIB]))).isNotNull();
        }
    }

    @Test
    void waitsALittleForASegmentThatComesBackWhenThereAreEnough() throws Exception {
        try (SegmentPool enough = new SegmentPool(prefix(), PLENTY, MIB, gone::add)) {
            ByteBuffer first = encode(enough, new byte[3 * MIB]);
            assertThat(SharedPayload.placeOf(encode(enough, new byte[3 * MIB])).segment()).as("in vain").isEqualTo(2);
            Thread.ofVirtual().start(() -> SharedPayload.release(first));
            eventually(() -> assertThat(SharedPayload.placeOf(encode(enough, new byte[3 * MIB])).segment())
                    .isEqualTo(1));
        }
    }

    @Test
    void withoutRoomPayloadsStayOnTheHeap() throws Exception {
        SegmentPool nowhere = new SegmentPool("/nowhere/c", PLENTY, PLENTY, gone::add);
        double[] numbers = numbers(MIB);
        ByteBuffer written = encode(nowhere, numbers);
        assertThat(written.isDirect()).isFalse();
        assertThat((double[]) decode(written)).isEqualTo(numbers);
    }

    @Test
    void whatIsLentOnceIsRemovedAtItsEnd() throws Exception {
        ByteBuffer written = encode(pool.onceOnly(), numbers(MIB));
        Place place = SharedPayload.placeOf(written);
        int bytes = written.remaining();
        try (Arena arena = Arena.ofShared()) {
            ByteBuffer read = reader.payload(place, bytes, arena);
            written = null;
            eventually(() -> {
                System.gc();
                assertThat(gone).containsExactly(1);
            });
            assertThat(files()).isEmpty();
            assertThat((double[]) decode(read)).as("mapped still").isEqualTo(numbers(MIB));
        }
    }

    @Test
    void aReaderTellsOnceThatItHasRead() throws Exception {
        ByteBuffer written = encode(pool, numbers(MIB));
        AtomicInteger told = new AtomicInteger();
        ByteBuffer read = reader.payload(SharedPayload.placeOf(written), written.remaining(), told::incrementAndGet);
        reader.gone(1);
        assertThat((double[]) decode(read)).as("what is lent stays mapped").isEqualTo(numbers(MIB));
        SharedPayload.release(read);
        assertThat(told).hasValue(1);
        ByteBuffer after = read;
        assertThatThrownBy(() -> after.get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReaderCannotBeMadeToReadBeyondASegmentOrAnotherFile() throws Exception {
        ByteBuffer written = encode(pool, new byte[3 * MIB]);
        long size = Files.size(files().getFirst());
        assertThat(written.remaining()).isLessThanOrEqualTo((int) size);
        for (Place wrong : List.of(new Place(1, size), new Place(1, -1), new Place(1, Long.MAX_VALUE), new Place(2, 0),
                new Place(-1, 0), new Place(0, 0))) {
            assertThatThrownBy(() -> reader.payload(wrong, 8)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> reader.payload(new Place(1, 0), size + 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> reader.payload(new Place(1, 0), -1)).isInstanceOf(IOException.class);
        Files.createSymbolicLink(Path.of(prefix() + 7), files().getFirst());
        assertThatThrownBy(() -> reader.payload(new Place(7, 0), 8)).isInstanceOf(IOException.class);
    }

    @Test
    void aSegmentThatIsCutShortIsAnErrorAndNoCrash() throws Exception {
        ByteBuffer written = encode(pool, numbers(MIB));
        ByteBuffer read = reader.payload(SharedPayload.placeOf(written), written.remaining());
        try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
            file.setLength(4096);
        }
        assertThatThrownBy(() -> decode(read)).isInstanceOf(InternalError.class);
    }
}
