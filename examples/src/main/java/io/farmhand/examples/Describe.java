package io.farmhand.examples;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.farmhand.frames.Statistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Describes the numeric columns of CSV files, as pandas' {@code read_csv(file).describe()} does.
 *
 * <p>A column is numeric when each of its cells is a number or missing, and not when one of them is a word; True and
 * False are words. A cell is missing when it is empty or one of pandas' spellings of that ({@code NaN}, {@code NA},
 * {@code null}, ...). A column without any number has the count 0; a file without rows has no numeric columns. A first
 * column without a header is the index of a dated series, and no data. Later columns without a header and those that
 * repeat one get pandas' names: {@code Unnamed: 3}, {@code price.1}.
 *
 * <p>Numbers are doubles, of integers too, and the formulas are those of numpy: see {@link Statistics}. A frame is not
 * made of the file: {@code Frames.describe(Frames.readCsv(file))} does, and gives the same numbers.
 */
public final class Describe {
    private Describe() {}

    /**
     * Describes one file.
     *
     * @param csv a CSV file (RFC 4180) in UTF-8, whose first line has the names of the columns; a byte order mark and
     *         any line ends will do
     * @return count, mean, std, min, quartiles and max of each numeric column
     * @throws java.nio.file.NoSuchFileException when there is no such file
     * @throws IOException when it cannot be read, is empty, ends within quotes, or has a row of more or fewer cells
     *         than its header; the message names file and line. (pandas fills short rows with missing cells: here they
     *         are taken for what they mostly are, a file cut off.)
     */
    public static Summary file(Path csv) throws IOException {
        ColumnCollector collector = new ColumnCollector();
        try (CsvReader<String> reader = CsvReader.builder().detectBomHeader(true).allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE).missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .build(collector, csv); CloseableIterator<String> complaints = reader.iterator()) {
            if (complaints.hasNext()) {
                throw new IOException("Cannot describe file=" + csv + ": " + complaints.next());
            }
        } catch (UncheckedIOException | CsvParseException e) {
            // The cause says what is wrong, the exception around it says in which line.
            String reason = e.getCause() == null ? "" : " " + e.getCause().getMessage();
            throw new IOException("Cannot read file=" + csv + ": " + e.getMessage() + "." + reason, e);
        }
        if (!collector.sawHeader()) {
            throw new IOException("Cannot describe file=" + csv + ": it is empty, without even a header.");
        }
        return new Summary(String.valueOf(csv.getFileName()), collector.summaries());
    }
}
