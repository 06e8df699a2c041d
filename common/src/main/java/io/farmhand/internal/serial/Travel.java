package io.farmhand.internal.serial;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What sets out when something is serialized: the ends of pipes in it, which must not be taken for closed meanwhile. Whoever
 * makes one says what becomes of that, by {@link #undo} or {@link #lose}; what has arrived by then is not touched by either.
 *
 * <p><b>Concurrency.</b> Its monitor guards it. What the calling thread serializes belongs to the travel that it began last.
 */
public final class Travel {
    private static final ThreadLocal<@Nullable Travel> CURRENT = new ThreadLocal<>();

    private final boolean toMany;
    private final List<Departure> departures = new ArrayList<>(0);
    private boolean over;
    private @Nullable Object baggage;

    /** Something that was serialized and has not arrived yet. */
    public interface Departure {
        /** It has not set out after all, and whoever was to send it knows. */
        void undo();

        /** It will never arrive. */
        void lose();
    }

    private Travel(boolean toMany) {
        this.toMany = toMany;
    }

    /** Serialization that may fail. */
    @FunctionalInterface
    public interface Serialization<A, X extends Exception> {
        /** Serializes something. */
        A run() throws X;
    }

    /** Of bytes that are read once: by the process or whoever else they are for. */
    public static Travel toOne() {
        return new Travel(false);
    }

    /** Of bytes that several processes may read, or one several times, until this is said to be over. */
    public static Travel toMany() {
        return new Travel(true);
    }

    /** Serializes something. When it throws, this travel is undone. */
    public <A, X extends Exception> A serialize(Serialization<A, X> serialization) throws X {
        Travel outer = CURRENT.get();
        boolean written = false;
        CURRENT.set(this);
        try {
            A result = serialization.run();
            written = true;
            return result;
        } finally {
            CURRENT.set(outer);
            if (!written) {
                undo();
            }
        }
    }

    /** Nothing has set out after all, and whoever was to send it knows. */
    public void undo() {
        for (Departure departure : end()) {
            departure.undo();
        }
    }

    /** What has not arrived by now never will. */
    public void lose() {
        for (Departure departure : end()) {
            departure.lose();
        }
    }

    private synchronized List<Departure> end() {
        over = true;
        List<Departure> left = List.copyOf(departures);
        departures.clear();
        return left;
    }

    private synchronized boolean add(Departure departure) {
        return !over && departures.add(departure);
    }

    /** The travel that is serialized on this thread now; null when nobody says what will become of it. */
    public static @Nullable Travel current() {
        return CURRENT.get();
    }

    /** What else goes along with all that is serialized in it, which only its maker knows; null when nothing does. */
    public synchronized @Nullable Object baggage() {
        return baggage;
    }

    /** As {@link #baggage()}, and made if there is none. */
    public synchronized Object baggage(Supplier<Object> maker) {
        Object made = baggage == null ? maker.get() : baggage;
        baggage = made;
        return made;
    }

    /** Whether several may read it, or one several times. */
    public boolean isToMany() {
        return toMany;
    }

    /** Something sets out; when this is over already, it is lost at once. */
    public void depart(Departure departure) {
        if (!add(departure)) {
            departure.lose();
        }
    }
}
