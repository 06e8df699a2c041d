package io.farmhand.internal.records;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs the state machine over bytes from several states at once, and notes where records begin.
 *
 * <p>States soon meet: behind the first line end at most two are left, one outside quotes and one inside. Between quotes
 * and line ends nothing has to be looked at but the table of bytes. Owned by one thread.
 */
final class RecordScanner {
    private final Syntax syntax;
    private final List<Track> tracks = new ArrayList<>();
    private final List<Track> live;
    private boolean steady;
    private boolean afterCr;
    private long lines;

    private RecordScanner(Syntax syntax, boolean afterCr, List<Track> tracks) {
        this.syntax = syntax;
        this.afterCr = afterCr;
        this.tracks.addAll(tracks);
        this.live = new ArrayList<>(tracks);
    }

    /** A scanner of a text from its beginning. */
    static RecordScanner ofText(Syntax syntax) {
        return new RecordScanner(syntax, false, List.of(new Track(Syntax.RECORD_START)));
    }

    /**
     * A scanner of a text from somewhere, for each of the states in which that may be.
     *
     * @param afterCr whether the unit before is a {@code \r}, so that a {@code \n} ends no further line
     */
    static RecordScanner ofPart(Syntax syntax, boolean afterCr) {
        List<Track> tracks = new ArrayList<>();
        for (int state = 0; state < Syntax.STATES; state++) {
            tracks.add(new Track(state));
        }
        return new RecordScanner(syntax, afterCr, tracks);
    }

    /**
     * Goes on with the next bytes; half a unit at their end is passed over.
     *
     * @param offset of the first of them in the text
     */
    void scan(byte[] bytes, int from, int to, long offset) {
        int unit = syntax.unitBytes();
        int at = from;
        while (at + unit <= to) {
            if (steady) {
                int stop = syntax.skip(bytes, at, to);
                if (stop > at) {
                    pass(syntax.kind(bytes, stop - unit));
                    at = stop;
                    continue;
                }
            }
            step(syntax.kind(bytes, at), offset + (at - from));
            at += unit;
        }
    }

    private void pass(int lastKind) {
        for (int i = 0; i < live.size(); i++) {
            Track track = live.get(i);
            track.become(Syntax.passed(track.state(), lastKind));
        }
        afterCr = false;
    }

    private void step(int kind, long offset) {
        boolean allSteady = true;
        for (int i = 0; i < live.size(); i++) {
            Track track = live.get(i);
            if (Syntax.begins(track.state(), kind)) {
                track.recordStarts(offset, lines);
            }
            int next = Syntax.next(track.state(), kind);
            track.become(next);
            allSteady &= Syntax.isSteady(next);
        }
        steady = allSteady;
        if (kind == Syntax.CR || (kind == Syntax.LF && !afterCr)) {
            lines++;
        }
        afterCr = kind == Syntax.CR;
        if (kind >= Syntax.CR && live.size() > 1) {
            merge(offset + syntax.unitBytes());
        }
    }

    private void merge(long nextOffset) {
        for (int i = live.size() - 1; i > 0; i--) {
            Track track = live.get(i);
            for (int j = 0; j < i; j++) {
                if (track.meets(live.get(j))) {
                    track.join(live.get(j), nextOffset);
                    live.remove(i);
                    break;
                }
            }
        }
    }

    /** How many line ends were passed. */
    long lines() {
        return lines;
    }

    /** What was found so far, for each of the states in the order in which they were given. */
    List<Passage> passages() {
        return tracks.stream().map(Track::passage).toList();
    }

    /** What was found so far in a text that was scanned from its beginning. */
    Passage passage() {
        return tracks.getFirst().passage();
    }
}
