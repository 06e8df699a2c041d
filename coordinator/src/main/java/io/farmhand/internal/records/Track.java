package io.farmhand.internal.records;

import org.jspecify.annotations.Nullable;

/**
 * What a scan finds that began in one of the states.
 *
 * <p>Two tracks that come to the same state go on as one: what the other finds from there on, this would have found.
 */
final class Track {
    static final long NONE = -1;

    private int state;
    private long first = NONE;
    private long firstLine;
    private long last = NONE;
    private long lastLine;
    private @Nullable Track joined;
    private long joinedAt;

    Track(int state) {
        this.state = state;
    }

    int state() {
        return state;
    }

    void become(int next) {
        state = next;
    }

    /** @param line how many line ends were passed before */
    void recordStarts(long offset, long line) {
        if (first == NONE) {
            first = offset;
            firstLine = line;
        }
        last = offset;
        lastLine = line;
    }

    /** Whether this can go on as the other: in what is found later they cannot differ. */
    boolean meets(Track other) {
        return state == other.state && (first == NONE) == (other.first == NONE);
    }

    /** @param offset of the next unit */
    void join(Track other, long offset) {
        joined = other;
        joinedAt = offset;
    }

    Passage passage() {
        if (joined == null) {
            return new Passage(state, first, firstLine, last, lastLine);
        }
        Passage rest = joined.passage();
        boolean found = first != NONE;
        boolean foundLater = rest.lastStart() >= joinedAt;
        return new Passage(rest.exit(), found ? first : rest.firstStart(), found ? firstLine : rest.firstLine(),
                foundLater ? rest.lastStart() : last, foundLater ? rest.lastLine() : lastLine);
    }
}
