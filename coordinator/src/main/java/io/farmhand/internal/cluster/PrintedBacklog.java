package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.Printed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What workers have printed and whoever reads it has not taken yet: the last of it, and how many lines were dropped before,
 * so that neither a slow network nor a stopped reader fills a memory, and the reader is told what it has missed. Not for several
 * threads at once.
 */
final class PrintedBacklog {
    /** Smaller drops lines of a burst, larger costs so much for each slow reader. */
    private static final int MOST_BYTES = 256 << 10;

    private final Deque<Printed> waiting = new ArrayDeque<>();
    /** How many lines were dropped since the reader was last told, by worker. */
    private final Map<Long, Integer> dropped = new LinkedHashMap<>();
    private int bytes;

    /** Takes in what was printed, and drops the oldest of all if it is too much. */
    void add(Printed printed) {
        waiting.add(printed);
        bytes += printed.getSerializedSize();
        while (bytes > MOST_BYTES) {
            Printed oldest = waiting.remove();
            bytes -= oldest.getSerializedSize();
            dropped.merge(oldest.getLine(), oldest.getLinesCount(), Integer::sum);
        }
    }

    /** What is to be said next; null when all was said. */
    @Nullable
    Printed next() {
        Iterator<Long> gaps = dropped.keySet().iterator();
        if (gaps.hasNext()) { // all that is waiting came later
            return gap(gaps.next());
        }
        Printed oldest = waiting.poll();
        if (oldest != null) {
            bytes -= oldest.getSerializedSize();
        }
        return oldest;
    }

    /** All that is still to be said of a worker, which has ended. */
    List<Printed> last(long line) {
        List<Printed> last = new ArrayList<>();
        if (dropped.containsKey(line)) {
            last.add(gap(line));
        }
        for (Iterator<Printed> each = waiting.iterator(); each.hasNext();) {
            Printed printed = each.next();
            if (printed.getLine() == line) {
                last.add(printed);
                bytes -= printed.getSerializedSize();
                each.remove();
            }
        }
        return last;
    }

    private Printed gap(long line) {
        Integer lines = dropped.remove(line);
        return Printed.newBuilder().setLine(line).setStderr(true)
                .addLines("[farmhand: " + lines
                        + " lines are missing here, which were printed faster than they were taken]")
                .build();
    }
}
