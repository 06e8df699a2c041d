package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.serial.Travel;
import io.farmhand.sync.HandleClosedException;
import org.jspecify.annotations.Nullable;

/** A pipe: one lane for each way, and two ends. Its ends travel, it does not. */
final class SharedPipe extends SharedThing {
    private static final long serialVersionUID = 1L;

    private final transient PipeEnds ends;
    private final transient SharedConnection first;
    private final transient SharedConnection second;
    private final transient Lane toFirst;
    private final transient @Nullable Lane toSecond;

    SharedPipe(Place place) {
        super(Kind.PIPE, place);
        this.ends = new PipeEnds(place);
        this.toFirst = new Lane(place, PipeEnds.END_OFFSET, ends, 1, ends.user(1), ends.user(0));
        this.toSecond = ends.isDuplex()
                ? new Lane(place, PipeEnds.END_OFFSET + Lane.SIZE_BYTES, ends, 0, ends.user(0), ends.user(1))
                : null;
        this.first = new SharedConnection(this, 0, toFirst, toSecond);
        this.second = new SharedConnection(this, 1, toSecond, toFirst);
    }

    /** How much memory a pipe wants. */
    static long sizeBytes(boolean duplex) {
        return PipeEnds.END_OFFSET - Place.HEADER_BYTES + (duplex ? 2 : 1) * Lane.SIZE_BYTES;
    }

    PipeEnds ends() {
        return ends;
    }

    /** An end, as this process uses it. */
    SharedConnection end(int number) {
        return number == 0 ? first : second;
    }

    /** This process does not use an end any more. The home gives the memory back when nobody uses any. */
    void leave(int end) {
        if (!ends.isClosed(end) && !changed(() -> ends.leave(end))) {
            ends.leaveAlone(end);
            wakeAll();
        }
    }

    /** A handle to an end sets out; gives what names its journey. */
    long depart(int end) {
        Travel travel = Travel.current();
        long departure = ends.depart(end, travel != null && travel.isToMany());
        if (travel != null) {
            travel.depart(new Travel.Departure() {
                @Override
                public void undo() {
                    SharedPipe.this.undo(departure);
                }

                @Override
                public void lose() {
                    SharedPipe.this.lose(departure);
                }
            });
        }
        return departure;
    }

    /** A handle to an end has not set out after all. */
    void undo(long departure) {
        boolean _ = changed(() -> ends.undo(departure));
    }

    /** A handle to an end will arrive nowhere any more. */
    void lose(long departure) {
        boolean _ = changed(() -> ends.lose(departure));
    }

    /** Changes who uses the ends; says whether that was possible, or the pipe has ended. */
    private boolean changed(Runnable change) {
        if (isClosed()) {
            return false;
        }
        try {
            change.run();
        } catch (HandleClosedException e) {
            return false; // meanwhile
        }
        wakeAll();
        closeIfGone();
        return true;
    }

    /** Its home gives its memory back when nobody uses it any more; if that is another process, it is told to look. */
    private void closeIfGone() {
        if (ends.isGone(0) && ends.isGone(1)) {
            place().tellHome();
            close();
        }
    }

    @Override
    public void lookAgain() {
        closeIfGone();
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        toFirst.partyLeft(slot);
        if (toSecond != null) {
            toSecond.partyLeft(slot);
        }
        ends.partyLeft(slot);
        wakeAll();
        closeIfGone();
    }

    @Override
    public void wakeAll() {
        ends.wakeAll();
        toFirst.wakeAll();
        if (toSecond != null) {
            toSecond.wakeAll();
        }
    }
}
