package io.farmhand.cli.input;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where inputs come from, one after the other. Owned by the thread that reads. */
public interface Source extends Closeable {
    /** How many there are where nobody has counted. */
    long UNKNOWN = -1;

    /**
     * What stands there.
     *
     * @param value what is sent to a worker
     * @param text the same, for people
     * @param place where, for people; may be empty
     * @param problem why it cannot be sent; empty when it can
     */
    record Entry(Object value, String text, String place, String problem) {
        static Entry good(Object value, String text, String place) {
            return new Entry(value, text, place, "");
        }

        static Entry bad(String place, String problem) {
            return new Entry("", "", place, problem);
        }
    }

    /**
     * The next one; null at the end.
     *
     * @throws IOException when nothing more can be read
     */
    @Nullable
    Entry next() throws IOException;

    /** How many there are, or {@link #UNKNOWN}. */
    default long size() {
        return UNKNOWN;
    }

    @Override
    default void close() throws IOException {}
}
