package io.farmhand.internal.records;

import java.io.Serializable;
import java.util.List;

/**
 * What one range of a file says of its records, whatever stands before it.
 *
 * @param lines how many line ends it has
 * @param passages what it holds, for each state in which it may begin
 */
public record RangeSummary(long lines, List<Passage> passages) implements Serializable {
    /** Keeps a copy. */
    public RangeSummary {
        passages = List.copyOf(passages);
    }
}
