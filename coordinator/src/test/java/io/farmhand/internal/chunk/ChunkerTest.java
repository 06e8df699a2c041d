package io.farmhand.internal.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Room;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkerTest {
    private static final long MAX_ITEM_BYTES = 100_000_000;

    private static List<Piece> all(Iterator<?> input, int chunkSize, long maxItemBytes) {
        Chunker chunker = new Chunker(input, ChunkSizer.fixed(chunkSize), maxItemBytes, Room.NONE, null,
                Destination.HERE);
        List<Piece> pieces = new ArrayList<>();
        do {
            pieces.add(chunker.next());
        } while (!(pieces.getLast() instanceof Piece.End || pieces.getLast() instanceof Piece.InputFailed));
        return pieces;
    }

    private static String shape(List<Piece> pieces) {
        StringBuilder shape = new StringBuilder();
        for (Piece piece : pieces) {
            shape.append(switch (piece) {
                case Piece.Chunk chunk -> chunk.firstIndex() + "+" + chunk.count();
                case Piece.Unsendable unsendable -> "bad " + unsendable.firstIndex();
                case Piece.InputFailed failed -> "failed " + failed.firstIndex();
                case Piece.End end -> "end " + end.firstIndex();
            }).append(" ");
        }
        return shape.toString().strip();
    }

    @Test
    void cutsAnInputIntoChunksAndALastShortOne() {
        assertThat(shape(all(IntStream.range(0, 7).iterator(), 3, MAX_ITEM_BYTES))).isEqualTo("0+3 3+3 6+1 end 7");
        assertThat(shape(all(IntStream.range(0, 6).iterator(), 3, MAX_ITEM_BYTES))).isEqualTo("0+3 3+3 end 6");
        assertThat(shape(all(List.of().iterator(), 3, MAX_ITEM_BYTES))).isEqualTo("end 0");
    }

    @Test
    void pullsNoFurtherThanTheChunkAtHand() {
        List<Integer> pulled = new ArrayList<>();
        Chunker chunker = new Chunker(IntStream.range(0, 100).peek(pulled::add).iterator(), ChunkSizer.fixed(4),
                MAX_ITEM_BYTES, Room.NONE, null, Destination.HERE);
        chunker.next();
        assertThat(pulled).hasSize(4);
    }

    @Test
    void anItemThatCannotBeSentStandsAloneInItsPlace() {
        assertThat(shape(all(List.of(1, 2, new Object(), 4, new Object()).iterator(), 10, MAX_ITEM_BYTES)))
                .isEqualTo("0+2 bad 2 3+1 bad 4 end 5");
    }

    @Test
    void aFailureOfTheInputComesInItsPlace() {
        Iterator<Integer> input = IntStream.range(0, 10).map(i -> 10 / (5 - i)).iterator();
        assertThat(shape(all(input, 3, MAX_ITEM_BYTES))).isEqualTo("0+3 3+2 failed 5");
    }

    @Test
    void aChunkOfBigItemsEndsEarly() {
        Iterator<byte[]> input = IntStream.range(0, 6).mapToObj(i -> new byte[1_500_000]).iterator();
        assertThat(shape(all(input, 100, MAX_ITEM_BYTES))).isEqualTo("0+3 3+3 end 6");
    }

    @ParameterizedTest(name = "{0} items, {1} workers: chunks of {2}")
    @CsvSource({"0,2,1", "1,2,1", "8,2,1", "9,2,2", "1000,4,63", "1024,4,64", "1000000,2,125000",
            "9000000000000,1,2147483647"})
    void choosesTheChunkSizeAsCPythonDoes(long items, int workers, int expected) {
        assertThat(ChunkSizer.forSizedInput(items, workers)).isEqualTo(expected);
    }
}
