package io.farmhand;

import io.farmhand.internal.chunk.ChunkSizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Items that were handed in one by one and wait to make a chunk. Owned by the thread that feeds.
 */
final class Backlog implements Iterator<@Nullable Object> {
    private final ChunkSizer sizer;
    private final List<@Nullable Object> items = new ArrayList<>();
    private int taken;
    /** How many items the next chunk is to have; 0 when that has not been asked yet. */
    private int wanted;
    private long added;

    Backlog(ChunkSizer sizer) {
        this.sizer = sizer;
    }

    /** Adds an item; returns whether there is a whole chunk now. */
    boolean add(@Nullable Object item) {
        if (wanted == 0) {
            wanted = sizer.next();
        }
        items.add(item);
        added++;
        return items.size() - taken >= wanted;
    }

    /** How many items were added in all. */
    long added() {
        return added;
    }

    /** How many items make a chunk now: never more than there are. */
    int chunkSize() {
        return Math.max(1, items.size() - taken);
    }

    @Override
    public boolean hasNext() {
        return taken < items.size();
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Object item = items.get(taken++);
        if (taken == items.size()) {
            items.clear();
            taken = 0;
            wanted = 0;
        }
        return item;
    }
}
