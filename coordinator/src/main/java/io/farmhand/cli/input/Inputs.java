package io.farmhand.cli.input;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All inputs of a run, counted. Owned by the thread that reads. */
public final class Inputs implements Closeable {
    private final Source source;
    private long index;

    /** Those of a source. */
    public Inputs(Source source) {
        this.source = source;
    }

    /**
     * The next one; null at the end.
     *
     * @throws IOException when nothing more can be read
     */
    public @Nullable Input next() throws IOException {
        Source.Entry entry = source.next();
        if (entry == null) {
            return null;
        }
        return entry.problem().isEmpty()
                ? new Input.Item(index++, entry.value(), entry.text(), entry.place())
                : new Input.Bad(index++, entry.text(), entry.place(), entry.problem());
    }

    /** How many there are, or {@link Source#UNKNOWN}. */
    public long size() {
        return source.size();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
