package io.farmhand.internal.dispatch;

import io.farmhand.internal.proto.Results;
import io.farmhand.internal.wire.ItemTimes;
import java.util.List;

/** Times of items as a worker would send them. */
public final class Times {
    private Times() {}

    /** Times of items that took that long each. */
    public static ItemTimes of(List<Long> nanos) {
        ItemTimes.Recorder recorder = new ItemTimes.Recorder();
        nanos.forEach(recorder::add);
        Results.Builder results = Results.newBuilder().setCount(nanos.size());
        recorder.moveTo(results);
        return ItemTimes.of(results.build());
    }
}
