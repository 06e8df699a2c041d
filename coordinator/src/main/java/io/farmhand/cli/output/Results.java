package io.farmhand.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Where results go. Owned by the thread that has them. */
public interface Results {
    /** Whether the outcome of an input is there from an earlier run. */
    boolean has(long index);

    /** What rows are written to; null where {@link #row} keeps each by itself. */
    @Nullable
    OutputStream output();

    /**
     * What is written of an outcome.
     *
     * @throws IOException when it was to be kept and could not be
     */
    byte[] row(Outcome outcome) throws IOException;

    /**
     * All is there, and was written.
     *
     * @throws IOException when it cannot be brought into its last form
     */
    void finish() throws IOException;

    /**
     * Nothing more comes, whether the run has come to its end or not.
     *
     * @throws IOException when something is left that cannot be removed
     */
    default void close() throws IOException {}
}
