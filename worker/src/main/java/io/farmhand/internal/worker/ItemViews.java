package io.farmhand.internal.worker;

import io.farmhand.internal.serial.SegmentMaker;
import io.farmhand.internal.shm.View;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of memory that the item which runs was given. Those in shared memory are not copied: they can be accessed
 * until the item has ended, and an access after that is an {@link IllegalStateException}. Owned by the runner.
 */
final class ItemViews implements SegmentMaker {
    private final List<View> open = new ArrayList<>();

    @Override
    public MemorySegment of(ByteBuffer bytes) {
        if (!bytes.isDirect() || !bytes.hasRemaining()) {
            return COPY.of(bytes);
        }
        View view = View.of(MemorySegment.ofBuffer(bytes));
        open.add(view);
        return view.segment().asReadOnly();
    }

    /** The item has ended, and its result is written. */
    void end() {
        if (!open.isEmpty()) {
            open.forEach(View::close);
            open.clear();
        }
    }
}
