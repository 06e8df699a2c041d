package io.farmhand.cli.output;

import io.farmhand.cli.input.Input;
import io.farmhand.internal.records.Encoding;
import io.farmhand.internal.records.RecordException;
import io.farmhand.internal.records.RecordReader;
import io.farmhand.internal.records.TextRecord;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * A table of results: a file that has either all rows in the order of the inputs, or is not there.
 *
 * <p>While the run goes on, rows are appended to {@code FILE.part} as they come. In the end that gets the table's name, after it
 * was sorted where it was not yet. Of an input that stands there twice, after a run that was resumed, the last row counts; a row
 * that was being written when the run was killed is cut off.
 */
public final class ResultTable implements Results {
    private static final byte LINE_END = '\n';

    private final Path file;
    private final Path part;
    private final TableFormat format;
    private final int words;
    private final boolean isJson;
    private final BitSet there = new BitSet();
    private final FileOutputStream output;
    private boolean sorted = true;
    /** Whether the rows are those of the table, none more: they would hide what becomes of the table later. */
    private boolean isCopy;
    private long last = -1;

    /** Where a row stands. */
    private record Row(long index, long from, long to) {}

    /**
     * Begins a table, or goes on with it.
     *
     * @param words how many each input has
     * @param isJson whether results are JSON
     * @param resume whether what is there of it is kept
     * @throws IOException when it cannot be read or written, or is another table
     */
    public ResultTable(Path file, TableFormat format, int words, boolean isJson, boolean resume) throws IOException {
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.format = format;
        this.words = words;
        this.isJson = isJson;
        if (!resume) {
            Files.deleteIfExists(part);
        } else if (Files.exists(part)) {
            keep();
        } else if (Files.exists(file)) {
            Files.copy(file, part);
            isCopy = true;
            keep();
        }
        output = new FileOutputStream(part.toFile(), true);
        if (Files.size(part) == 0) {
            output.write(format.header(words).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void keep() throws IOException {
        long end = 0;
        List<Row> rows = rows();
        for (Row row : rows) {
            see(row.index);
            end = row.to;
        }
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.truncate(rows.isEmpty() ? 0 : end);
        }
    }

    private void see(long index) {
        there.set(Math.toIntExact(index));
        sorted &= index > last;
        last = index;
    }

    /** The whole rows that are there, without the header. */
    private List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        byte[] bytesOfHeader = format.header(words).getBytes(StandardCharsets.UTF_8);
        try (RecordReader reader = new RecordReader(Files.newInputStream(part), format.records(),
                Encoding.of(StandardCharsets.UTF_8, new byte[0]), 1, Integer.MAX_VALUE)) {
            long size = Files.size(part);
            long from = 0;
            for (TextRecord record = reader.next(); record != null; record = reader.next()) {
                long to = reader.bytesRead();
                if (to == size && !endsLine(size)) {
                    break;
                }
                if (from > 0 || bytesOfHeader.length == 0) {
                    rows.add(new Row(index(record.text()), from, to));
                } else if (to != bytesOfHeader.length) {
                    throw new IOException("'" + part + "' has another header: '" + record.text() + "'");
                }
                from = to;
            }
        } catch (RecordException e) {
            return rows; // the row that was being written
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new IOException("'" + part + "' is no table of results of farm: " + e.getMessage()
                    + ". Remove it, or begin anew without --resume", e);
        }
        return rows;
    }

    private long index(String row) {
        long index = format.index(row);
        if (index < 0 || index >= Integer.MAX_VALUE) {
            throw new NumberFormatException("a row has the number " + (index + 1));
        }
        return index;
    }

    private boolean endsLine(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(part)) {
            ByteBuffer lastByte = ByteBuffer.allocate(1);
            return channel.read(lastByte, size - 1) == 1 && lastByte.get(0) == LINE_END;
        }
    }

    @Override
    public boolean has(long index) {
        return there.get(Math.toIntExact(index));
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public byte[] row(Outcome outcome) {
        see(outcome.input().index());
        isCopy = false;
        String error = outcome.error() == null ? "" : ErrorText.of(outcome.error());
        return format.row(outcome, words(outcome.input()), error, isJson).getBytes(StandardCharsets.UTF_8);
    }

    private List<String> words(Input input) {
        List<String> all = new ArrayList<>();
        if (input instanceof Input.Item item && item.value() instanceof String[] several) {
            all.addAll(List.of(several));
        } else {
            all.add(input.text());
        }
        while (all.size() < words) {
            all.add("");
        }
        return all;
    }

    @Override
    public void finish() throws IOException {
        output.close();
        Path whole = sorted ? part : sort();
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!sorted) {
            Files.delete(part);
        }
    }

    @Override
    public void close() throws IOException {
        output.close();
        if (isCopy) {
            Files.deleteIfExists(part);
        }
    }

    private Path sort() throws IOException {
        Path target = file.resolveSibling(file.getFileName() + ".sorted");
        List<Row> rows = rows();
        rows.sort(Comparator.comparingLong(Row::index)); // stable: of equal ones the last is the newest
        byte[] bytesOfHeader = format.header(words).getBytes(StandardCharsets.UTF_8);
        try (FileChannel from = FileChannel.open(part);
                FileChannel to = FileChannel.open(target, StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            copy(from, 0, bytesOfHeader.length, to);
            for (int i = 0; i < rows.size(); i++) {
                boolean isNewest = i + 1 == rows.size() || rows.get(i + 1).index != rows.get(i).index;
                if (isNewest) {
                    copy(from, rows.get(i).from, rows.get(i).to, to);
                }
            }
        }
        return target;
    }

    private static void copy(FileChannel from, long start, long end, FileChannel to) throws IOException {
        for (long at = start; at < end;) {
            at += from.transferTo(at, end - at, to);
        }
    }
}
