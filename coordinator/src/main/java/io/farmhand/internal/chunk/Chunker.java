package io.farmhand.internal.chunk;

import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts an input into encoded chunks, pulling no more of it than the chunk at hand needs. It runs the user's iterator
 * and serialization, so it belongs to the caller's thread or the job's own, never to the dispatcher.
 */
public final class Chunker {
    /**
     * A chunk that has grown to this many bytes ends early. Smaller costs messages for big items, larger holds more
     * memory for each chunk in flight.
     */
    private static final int CHUNK_BYTES = 4 << 20;

    private final Iterator<?> input;
    private final ChunkSizer sizer;
    private final PayloadBuffer encoded;
    private final ValueWriter writer;
    private long nextIndex;
    /** What comes after the chunk that had to be ended for it. */
    private @Nullable Piece waiting;

    /**
     * @param input pulled lazily
     * @param sizer how many items a chunk is to have
     * @param maxItemBytes the longest encoded item
     * @param room for long chunks
     * @param classes that travel beside items; null if none do
     * @param destination where the items go
     */
    public Chunker(Iterator<?> input, ChunkSizer sizer, long maxItemBytes, Room room,
            @Nullable TravellingClasses classes, Destination destination) {
        this.input = input;
        this.sizer = sizer;
        this.encoded = new PayloadBuffer(room);
        this.writer = new ValueWriter(encoded, maxItemBytes, classes, destination);
    }

    /** The next piece; after {@link Piece.End} or {@link Piece.InputFailed} this is not to be called again. */
    public Piece next() {
        Piece before = waiting;
        if (before != null) {
            waiting = null;
            return before;
        }
        long firstIndex = nextIndex;
        int count = 0;
        int chunkSize = sizer.next();
        while (count < chunkSize && encoded.size() < CHUNK_BYTES) {
            @Nullable
            Piece instead = encodeNext();
            if (instead != null) {
                if (count == 0) {
                    return instead;
                }
                waiting = instead;
                break;
            }
            count++;
        }
        return new Piece.Chunk(firstIndex, count, encoded.detach());
    }

    /** Encodes one item, or says what stands in its place. */
    @SuppressWarnings("ThrowSpecificExceptions")
    private @Nullable Piece encodeNext() {
        Object item;
        try {
            if (!input.hasNext()) {
                return new Piece.End(nextIndex);
            }
            item = input.next();
        } catch (Throwable e) { // whatever the user's iterator throws is delivered at its place
            return new Piece.InputFailed(nextIndex, e);
        }
        try {
            writer.writeItem(item);
            nextIndex++;
            return null;
        } catch (UnwritableValueException e) {
            return new Piece.Unsendable(nextIndex++, item, e);
        }
    }
}
