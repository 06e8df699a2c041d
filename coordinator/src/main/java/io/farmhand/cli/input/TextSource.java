package io.farmhand.cli.input;

import io.farmhand.internal.records.RecordException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inputs that are read from some texts, one text after the other. What is not asked for is not waited for.
 *
 * @param <R> reads one text
 */
abstract class TextSource<R extends Closeable> implements Source {
    private final Iterator<TextFile> texts;
    private @Nullable Reading<R> reading;

    /** A text that is being read. */
    private record Reading<R>(TextFile text, R reader) {}

    /** Nothing is opened yet. */
    TextSource(List<TextFile> texts) {
        this.texts = List.copyOf(texts).iterator();
    }

    /** Opens a text. */
    abstract R open(TextFile text) throws IOException;

    /**
     * The next input of a text; null at its end.
     *
     * @param name of the text, for people
     */
    abstract @Nullable Entry next(R reader, String name) throws IOException;

    /** Opens the next text; false when there is none. */
    final boolean openNext() throws IOException {
        if (!texts.hasNext()) {
            return false;
        }
        TextFile text = texts.next();
        reading = new Reading<>(text, open(text));
        return true;
    }

    @Override
    public final @Nullable Entry next() throws IOException {
        while (reading != null || openNext()) {
            Entry next = reading == null ? null : nextOf(reading);
            if (next != null) {
                return next;
            }
            close();
        }
        return null;
    }

    private @Nullable Entry nextOf(Reading<R> open) throws IOException {
        String name = open.text.name();
        try {
            return next(open.reader, name);
        } catch (RecordException e) {
            if (!e.isPassed()) {
                close();
            }
            return Entry.bad(name + " line " + e.line(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new IOException("cannot read " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public final void close() throws IOException {
        Reading<R> open = reading;
        reading = null;
        if (open != null) {
            open.reader.close();
        }
    }
}
