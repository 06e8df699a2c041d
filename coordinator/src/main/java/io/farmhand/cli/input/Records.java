package io.farmhand.cli.input;

import io.farmhand.internal.records.RecordException;
import io.farmhand.internal.records.RecordFormat;
import io.farmhand.internal.records.RecordReader;
import io.farmhand.internal.records.TextRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records of some texts: lines, records of CSV, lines of JSON. */
public final class Records extends TextSource<RecordReader> {
    private final RecordFormat format;
    private final boolean skipsEmpty;
    private final long maxRecordBytes;
    private boolean hasHeader;
    private @Nullable TextRecord header;

    /**
     * Makes them; nothing is opened yet.
     *
     * @param skipsEmpty whether empty records are passed over
     * @param maxRecordBytes how long one may be
     */
    public Records(List<TextFile> texts, RecordFormat format, boolean skipsEmpty, long maxRecordBytes) {
        super(texts);
        this.format = format;
        this.skipsEmpty = skipsEmpty;
        this.maxRecordBytes = maxRecordBytes;
    }

    /**
     * Takes the first record of each text for a header, the same for all; before the first {@link #next}.
     *
     * @return the header, or null when there is nothing in the first text
     * @throws IOException when that cannot be read
     */
    public @Nullable String header() throws IOException {
        hasHeader = true;
        return openNext() && header != null ? header.text() : null;
    }

    @Override
    RecordReader open(TextFile text) throws IOException {
        TextFile.Opened in = text.open();
        RecordReader reader = new RecordReader(in.in(), format, in.encoding(), 1, maxRecordBytes);
        boolean opened = false;
        try {
            if (hasHeader) {
                check(read(reader), text.name());
            }
            opened = true;
            return reader;
        } catch (RecordException e) {
            throw new IOException(text.name() + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    private void check(@Nullable TextRecord found, String name) throws IOException {
        if (header == null) {
            header = found;
        } else if (found != null && !found.text().equals(header.text())) {
            throw new IOException(name + " has another header than the files before it: '" + found.text() + "', not '"
                    + header.text() + "'");
        }
    }

    @Override
    @Nullable
    Entry next(RecordReader reader, String name) throws IOException {
        TextRecord read = read(reader);
        return read == null ? null : Entry.good(read.text(), read.text(), name + " line " + read.line());
    }

    private @Nullable TextRecord read(RecordReader reader) throws IOException {
        TextRecord read = reader.next();
        while (read != null && skipsEmpty && read.text().isBlank()) {
            read = reader.next();
        }
        return read;
    }
}
