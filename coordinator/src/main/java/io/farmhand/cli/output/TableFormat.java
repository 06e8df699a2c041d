package io.farmhand.cli.output;

import com.google.gson.stream.JsonWriter;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.farmhand.internal.records.RecordFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a table of results is written: its rows, and how one finds them again. */
public enum TableFormat {
    /** A header and a record for each input: its number from 1, its words, {@code ok} or {@code failed}, the result, the error. */
    CSV {
        @Override
        String header(int words) {
            List<String> names = new ArrayList<>(List.of("Seq"));
            for (int i = 1; i <= words; i++) {
                names.add("V" + i);
            }
            names.addAll(List.of("Status", "Result", "Error"));
            return csv(names);
        }

        @Override
        String row(Outcome outcome, List<String> words, String error, boolean isJson) {
            List<String> fields = new ArrayList<>(List.of(Long.toString(outcome.input().index() + 1)));
            fields.addAll(words);
            fields.add(outcome.isFailed() ? FAILED : OK);
            fields.add(outcome.value() == null ? "" : outcome.value());
            fields.add(error);
            return csv(fields);
        }

        @Override
        long index(String row) {
            return Long.parseLong(row.substring(0, Math.max(0, row.indexOf(',')))) - 1;
        }
    },
    /** A line with an object for each input: seq, input, status, and result or error. */
    JSON_LINES {
        @Override
        String header(int words) {
            return "";
        }

        @Override
        String row(Outcome outcome, List<String> words, String error, boolean isJson) {
            StringWriter text = new StringWriter();
            try (JsonWriter json = new JsonWriter(text)) {
                json.setHtmlSafe(false);
                json.beginObject().name(SEQ).value(outcome.input().index() + 1).name("input");
                if (words.size() == 1) {
                    json.value(words.getFirst());
                } else {
                    json.beginArray();
                    for (String word : words) {
                        json.value(word);
                    }
                    json.endArray();
                }
                json.name("status").value(outcome.isFailed() ? FAILED : OK);
                if (outcome.isFailed()) {
                    json.name("error").value(error);
                } else if (isJson) {
                    json.name("result").jsonValue(outcome.value());
                } else {
                    json.name("result").value(outcome.value());
                }
                json.endObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return text + "\n";
        }

        @Override
        long index(String row) {
            int end = row.indexOf(',');
            return Long.parseLong(row.substring(START.length(), Math.max(START.length(), end))) - 1;
        }
    };

    private static final String OK = "ok";
    private static final String FAILED = "failed";
    private static final String SEQ = "seq";
    private static final String START = "{\"" + SEQ + "\":";

    /** That of a file, by the end of its name, whatever its case; empty for another. */
    public static Optional<TableFormat> of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return Optional.of(CSV);
        }
        return name.endsWith(".jsonl") ? Optional.of(JSON_LINES) : Optional.empty();
    }

    /** By which its rows are found. */
    RecordFormat records() {
        return this == CSV ? RecordFormat.csv(',') : RecordFormat.lines();
    }

    /** What stands before the first row. */
    abstract String header(int words);

    /**
     * One row, with its end.
     *
     * @param isJson whether the result's text is JSON
     */
    abstract String row(Outcome outcome, List<String> words, String error, boolean isJson);

    /** The index of the input of a row. */
    abstract long index(String row);

    private static String csv(List<String> fields) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
            writer.writeRecord(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
