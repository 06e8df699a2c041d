package io.farmhand.cli;

import io.farmhand.cli.input.Blocks;
import io.farmhand.cli.input.Combined;
import io.farmhand.cli.input.Inputs;
import io.farmhand.cli.input.Ranges;
import io.farmhand.cli.input.Records;
import io.farmhand.cli.input.Source;
import io.farmhand.cli.input.TextFile;
import io.farmhand.cli.input.Words;
import io.farmhand.cli.task.FieldArgument;
import io.farmhand.internal.records.Encoding;
import io.farmhand.internal.records.RecordBlocks;
import io.farmhand.internal.records.RecordFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the inputs of {@code farm map} and {@code farm submit} are, and where they come from. */
final class InputOptions {
    /** A longer record is most often a quote that is never closed. */
    private static final int RECORD_HEAP_PART = 8;
    private static final long MOST_RECORD_BYTES = 1 << 30;

    @Option(names = {"-a", "--arg-file"}, paramLabel = "FILE",
            description = "Inputs from a file, one a line; - is standard input. Repeatable: see ':::' below.")
    private List<String> argumentFiles = new ArrayList<>();

    @Option(names = {"-0", "--null"},
            description = "Inputs end with a NUL character, not with a line: for find -print0.")
    private boolean nul;

    @Option(names = "--csv", description = "Inputs are the records of CSV files, the INPUTs, or of standard input. "
            + "The method takes a Map<String,String> or a record, by the names in the header, or String[] or List<String>.")
    private boolean csv;

    @Option(names = "--header", negatable = true, description = "Whether the first record of each file is a header "
            + "(default: for a Map and a record it is, for String[] and List it is not).")
    private @Nullable Boolean header;

    @Option(names = {"-C", "--colsep"}, paramLabel = "CHAR", defaultValue = ",",
            description = "What separates the fields of CSV (default: a comma); \\t is a tab.")
    private String separator = ",";

    @Option(names = "--json",
            description = "Inputs are lines of JSON, of the files that are the INPUTs, or of standard "
                    + "input. The method takes a record, by the names of its components, a Map or a List.")
    private boolean json;

    @Option(names = "--pipe",
            description = "Inputs are blocks of whole lines, with --csv of whole records, of the files "
                    + "that are the INPUTs, or of standard input. The method takes a List<String>. One line that cannot be "
                    + "read fails its block.")
    private boolean pipe;

    @Option(names = "--pipe-part",
            description = "As --pipe, of files only; workers read their parts of them themselves.")
    private boolean pipePart;

    @Option(names = "--block", paramLabel = "SIZE", defaultValue = "1m", converter = SizeConverter.class,
            description = "How long a block is, about (default: 1m).")
    private long blockBytes = 1 << 20;

    @Option(names = "--charset", paramLabel = "NAME", defaultValue = "UTF-8",
            description = "What the inputs are written in, unless a byte order mark says another (default: UTF-8).")
    private Charset charset = StandardCharsets.UTF_8;

    @Option(names = "--link", description = "Takes one word of each source at a time, in place of all combinations.")
    private boolean link;

    /** How inputs are given to the method. */
    enum Format {
        /** As words, one for each parameter. */
        WORDS,
        /** As the fields of a record. */
        CSV,
        /** As a value of JSON. */
        JSON,
        /** As a list of lines or records. */
        BLOCKS
    }

    Format format() {
        if (pipe || pipePart) {
            return Format.BLOCKS;
        }
        if (csv) {
            return Format.CSV;
        }
        return json ? Format.JSON : Format.WORDS;
    }

    char separator() {
        return separator.equals("\\t") ? '\t' : separator.charAt(0);
    }

    static long maxRecordBytes() {
        return Math.min(MOST_RECORD_BYTES, Runtime.getRuntime().maxMemory() / RECORD_HEAP_PART);
    }

    /** @throws UsageException when options contradict each other */
    void check() {
        exclude(pipe, "--pipe", pipePart, "--pipe-part");
        exclude(json, "--json", csv, "--csv");
        exclude(json, "--json", pipe || pipePart, "--pipe");
        exclude(nul, "-0", csv || json, "--csv and --json");
        if (!separator.equals("\\t") && separator.length() != 1) {
            throw new UsageException("--colsep must be one character or \\t, not '" + separator + "'");
        }
        if (header != null && !csv) {
            throw new UsageException("--header is for --csv");
        }
        if (Boolean.TRUE.equals(header) && format() == Format.BLOCKS) {
            throw new UsageException("--header: a block is a list of records, and none of them has names. Leave out "
                    + (pipe ? "--pipe" : "--pipe-part")
                    + " for a record at a time, or leave out --header, and the header is "
                    + "the first record of the first block");
        }
        if (pipe && blockBytes > RecordBlocks.MOST_BLOCK_BYTES) {
            throw new UsageException("--block must be 1g at most with --pipe, which holds the block in memory");
        }
        try {
            checkCharset(records());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--colsep: " + e.getMessage());
        }
    }

    private void checkCharset(RecordFormat records) {
        try {
            Encoding.of(charset, new byte[0]).check(records);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--charset: " + e.getMessage());
        }
    }

    private static void exclude(boolean one, String oneName, boolean other, String otherName) {
        if (one && other) {
            throw new UsageException(oneName + " and " + otherName + " exclude each other");
        }
    }

    private RecordFormat records() {
        if (csv) {
            return RecordFormat.csv(separator());
        }
        return nul ? RecordFormat.terminatedBy('\0') : RecordFormat.lines();
    }

    /** Where the inputs come from, as the command line has them; nothing is read yet. */
    InputWords words(List<String> given) {
        InputWords words = InputWords.of(given);
        if (format() != Format.WORDS && words.hasMarks()) {
            throw new UsageException("::: gives words, and " + (csv ? "--csv" : json ? "--json" : "--pipe")
                    + " wants files: name them without :::, or -a FILE");
        }
        return words;
    }

    /** How many words each input has. */
    int wordsOfEach(InputWords given) {
        return format() == Format.WORDS ? Math.max(1, argumentFiles.size() + given.sources()) : 1;
    }

    /**
     * Opens the inputs.
     *
     * @param wantsHeader whether the method takes fields by their names
     * @throws IOException when one cannot be read
     */
    Opened open(InputWords given, InputStream standard, boolean wantsHeader) throws IOException {
        if (format() == Format.WORDS) {
            return new Opened(new Inputs(wordSource(given, standard)), null);
        }
        List<String> names = new ArrayList<>(argumentFiles);
        names.addAll(given.plain());
        if (pipePart) {
            return new Opened(new Inputs(new Ranges(parts(names), records(), charset, blockBytes, maxRecordBytes())),
                    null);
        }
        List<TextFile> files = files(names, standard);
        if (pipe) {
            return new Opened(new Inputs(new Blocks(files, records(), blockBytes, maxRecordBytes())), null);
        }
        Records records = new Records(files, records(), true, maxRecordBytes());
        boolean isHeaded = csv && (header == null ? wantsHeader : header);
        if (!isHeaded) {
            return new Opened(new Inputs(records), null);
        }
        String first = records.header();
        List<String> fields = first == null ? List.of() : fields(first, files.getFirst().name());
        if (wantsHeader) {
            checkNames(fields, files.getFirst().name());
        }
        return new Opened(new Inputs(records), fields);
    }

    private List<String> fields(String first, String file) throws IOException {
        try {
            return FieldArgument.split(first, separator());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": the header cannot be read: " + e.getMessage(), e);
        }
    }

    /** Refuses a name that stands there twice: one of the two columns would be lost. */
    private static void checkNames(List<String> names, String file) throws IOException {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Integer before = columns.putIfAbsent(names.get(i), i);
            if (before != null) {
                throw new IOException(file + ": the header has the name '" + names.get(i) + "' twice, in the columns "
                        + (before + 1) + " and " + (i + 1) + ": rename one, or let the method take a String[]");
            }
        }
    }

    /**
     * Inputs that are open.
     *
     * @param header the names of the fields; null where there are none; empty where there is not even a header
     */
    record Opened(Inputs inputs, @Nullable List<String> header) {}

    /**
     * What besides the text of an input decides on what the method is given; empty for nothing.
     *
     * @param header the names of the fields, if any
     */
    String reading(@Nullable List<String> header) {
        return switch (format()) {
            case WORDS -> "";
            case JSON -> "json\n";
            case CSV -> "csv " + separator() + (header == null ? "" : String.join("\0", header)) + "\n";
            // Their digest is of bytes.
            case BLOCKS -> "blocks " + records() + " " + charset.name() + "\n";
        };
    }

    /** Whether the workers read files that are named to them. */
    boolean readsInWorkers() {
        return pipePart;
    }

    private List<TextFile> files(List<String> names, InputStream standard) throws IOException {
        List<TextFile> files = new ArrayList<>();
        for (String name : names.isEmpty() ? List.of(TextFile.STANDARD) : names) {
            files.add(TextFile.of(name, standard, charset));
        }
        return files;
    }

    private List<Path> parts(List<String> names) throws IOException {
        if (names.isEmpty() || names.contains(TextFile.STANDARD)) {
            throw new UsageException(
                    "--pipe-part needs files, which workers can read from any place; for standard input "
                            + "there is --pipe");
        }
        List<Path> parts = new ArrayList<>();
        for (String name : names) {
            TextFile file = TextFile.of(name, InputStream.nullInputStream(), charset);
            Path path = file.path();
            if (path == null || !Files.isRegularFile(path) || isOfThisProcess(path)) {
                throw new UsageException("--pipe-part needs files, which workers can read from any place, and '" + name
                        + "' is none; for streams there is --pipe");
            }
            parts.add(path);
        }
        return parts;
    }

    /** Whether a path leads to another file, or to none, in another process. */
    private static boolean isOfThisProcess(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.equals(Path.of("/dev/stdin")) || absolute.startsWith("/dev/fd")
                || absolute.startsWith("/proc/self");
    }

    private Source wordSource(InputWords given, InputStream standard) throws IOException {
        List<List<Source>> groups = new ArrayList<>();
        for (String file : argumentFiles) {
            groups.add(new ArrayList<>(List.of(lines(file, standard))));
        }
        for (InputWords.Source each : given.all()) {
            Source source = each.isFiles() ? lines(each.words(), standard) : new Words(each.words());
            if (each.isLinked() && !groups.isEmpty()) {
                groups.getLast().add(source);
            } else {
                groups.add(new ArrayList<>(List.of(source)));
            }
        }
        if (groups.isEmpty()) {
            return lines(TextFile.STANDARD, standard);
        }
        if (groups.size() == 1 && groups.getFirst().size() == 1) {
            return groups.getFirst().getFirst();
        }
        return new Combined(link ? List.of(groups.stream().flatMap(List::stream).toList()) : groups);
    }

    private Source lines(String file, InputStream standard) throws IOException {
        return lines(List.of(file), standard);
    }

    private Source lines(List<String> names, InputStream standard) throws IOException {
        return new Records(files(names, standard), records(), false, maxRecordBytes());
    }
}
