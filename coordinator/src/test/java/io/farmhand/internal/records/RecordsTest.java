package io.farmhand.internal.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
    private static final int TEXTS = 300;
    private static final long MANY = 1 << 20;
    private static final RecordFormat CSV = RecordFormat.csv(',');

    @TempDir
    Path directory;

    /** A way in which text stands in bytes. */
    record Written(String charset, String mark, boolean wide) {
        byte[] bytes(String text) {
            return (mark + text).getBytes(Charset.forName(charset));
        }
    }

    static Stream<Written> encodings() {
        return Stream.of(new Written("UTF-8", "", true), new Written("UTF-8", "\uFEFF", true),
                new Written("ISO-8859-1", "", false), new Written("windows-1252", "", false),
                new Written("UTF-16LE", "\uFEFF", true), new Written("UTF-16BE", "\uFEFF", true),
                new Written("UTF-16LE", "", true));
    }

    /** A quote, and then no other. */
    private static final class EndlessQuote extends InputStream {
        private boolean begun;

        @Override
        public int read() {
            int next = begun ? 'x' : '"';
            begun = true;
            return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
                bytes[offset + i] = (byte) read();
            }
            return length;
        }
    }

    // ---- the same records as a serial read ----

    @ParameterizedTest
    @MethodSource("encodings")
    void findsTheRecordsThatFastCsvReads(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random, written.wide()).csv(random.nextInt(12));
            List<TextRecord> records = serial(written, text);
            assertThat(fields(records)).as("seed=%d text=%s", seed, text).isEqualTo(expected(text, false));
            assertThat(lines(records)).as("seed=%d text=%s", seed, text).isEqualTo(expectedLines(text, false));
        }
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void findsThemInAnySoupAsALenientFastCsv(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random, written.wide()).soup(random.nextInt(30));
            String closed = endsInQuotes(text) ? text + "\"" : text;
            if (closed.length() > text.length()) {
                assertThatThrownBy(() -> serial(written, text)).as("seed=%d text=%s", seed, text)
                        .isInstanceOf(RecordException.class).hasMessageContaining("never closed");
            }
            List<TextRecord> records = serial(written, closed);
            assertThat(fields(records)).as("seed=%d text=%s", seed, closed).isEqualTo(expected(closed, true));
            assertThat(lines(records)).as("seed=%d text=%s", seed, closed).isEqualTo(expectedLines(closed, true));
        }
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void rangesOfAnySizeHaveTheSameRecords(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            RandomText texts = new RandomText(random, written.wide());
            String soup = texts.soup(random.nextInt(40));
            String text = random.nextBoolean()
                    ? texts.csv(random.nextInt(12))
                    : endsInQuotes(soup) ? soup + "\"" : soup;
            Path file = Files.write(directory.resolve("text"), written.bytes(text));
            List<TextRecord> expected = serial(written, text);
            for (long rangeBytes : new long[]{1, 2, 3, 1 + random.nextInt(20), MANY}) {
                assertThat(inRanges(file, written, CSV, rangeBytes, MANY))
                        .as("seed=%d rangeBytes=%d text=%s", seed, rangeBytes, text).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void blocksOfAnySizeHaveTheSameRecords(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random, written.wide()).csv(random.nextInt(12));
            List<TextRecord> expected = serial(written, text);
            for (long blockBytes : new long[]{1, 2, 3, 1 + random.nextInt(20), MANY}) {
                assertThat(inBlocks(written, text, CSV, blockBytes))
                        .as("seed=%d blockBytes=%d text=%s", seed, blockBytes, text).isEqualTo(expected);
            }
        }
    }

    /** Whoever reads the bytes of a range on without a limit of his own is told what a reader of records is told. */
    @ParameterizedTest
    @MethodSource("encodings")
    void theBytesOfARangeAreRefusedWhereItsRecordsWouldBe(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random, written.wide()).soup(random.nextInt(40));
            byte[] bytes = written.bytes(text);
            Path file = Files.write(directory.resolve("text"), bytes);
            Encoding encoding = Encoding.of(Charset.forName(written.charset()), file);
            RecordRange all = new RecordRange(file, CSV, encoding, encoding.markBytes(), bytes.length, 1);
            long limit = random.nextLong(1, 61);
            String expected = firstRefusal(all, limit, bytes);
            try (InputStream in = all.open(limit)) {
                byte[] read = in.readAllBytes();
                assertThat(expected).as("seed=%d limit=%d text=%s", seed, limit, text).isNull();
                assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, encoding.markBytes(), bytes.length));
            } catch (RecordException e) {
                assertThat(e).as("seed=%d limit=%d text=%s", seed, limit, text).hasMessage(expected);
            }
        }
    }

    /** What {@link RecordRange#join} says of ranges that begin with each unit: these tell it of each record's length. */
    private static @Nullable String firstRefusal(RecordRange all, long limit, byte[] bytes) throws IOException {
        List<FileRange> ranges = FileRange.cut(all.path(), CSV, all.encoding(), all.from(), bytes.length, 1);
        List<RangeSummary> summaries = new ArrayList<>();
        for (FileRange range : ranges) {
            summaries.add(range.scan());
        }
        try {
            RecordRange.join(ranges, summaries, 1, limit);
            return null;
        } catch (RecordException e) {
            return e.getMessage();
        }
    }

    @Test
    void aBigFileIsCutTheSameWay() throws IOException {
        Written written = new Written("UTF-8", "", true);
        String text = new RandomText(new Random(1), true).csv(30_000);
        Path file = Files.write(directory.resolve("text"), written.bytes(text));
        List<TextRecord> expected = serial(written, text);
        assertThat(inRanges(file, written, CSV, 10_000, MANY)).isEqualTo(expected);
        assertThat(inRanges(file, written, CSV, 700_001, MANY)).isEqualTo(expected);
        assertThat(inBlocks(written, text, CSV, 70_000)).isEqualTo(expected);
    }

    @Test
    void whatAWorkerSaysOfARangeMayComeFromAnotherHost() throws Exception {
        Path file = Files.writeString(directory.resolve("text"), "a,\"b\nc\"\nd\n");
        RangeSummary summary = new FileRange(file, CSV, Encoding.of(StandardCharsets.UTF_8, file), 0, 5).scan();
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, MANY).writeValue(summary);
        assertThat(ValueReader.strict(getClass().getClassLoader()).read(buffer.detach())).isEqualTo(summary);
    }

    // ---- lines and single characters ----

    @ParameterizedTest
    @MethodSource("encodings")
    void linesEndWithNewlinesOnly(Written written) throws IOException {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random, written.wide()).soup(random.nextInt(30));
            List<String> expected = Stream.of(text.split("\n", -1)).map(
                    line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line).toList();
            List<String> withoutLast = text.isEmpty() || text.endsWith("\n")
                    ? expected.subList(0, expected.size() - 1)
                    : expected;
            Path file = Files.write(directory.resolve("text"), written.bytes(text));
            List<TextRecord> found = inRanges(file, written, RecordFormat.lines(), 1 + random.nextInt(9), MANY);
            assertThat(found).extracting(TextRecord::text).as("seed=%d text=%s", seed, text).isEqualTo(withoutLast);
            assertThat(inBlocks(written, text, RecordFormat.lines(), 5)).isEqualTo(found);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).line()).isEqualTo(1 + i);
            }
        }
    }

    @Test
    void aSingleCharacterMayEndRecords() throws IOException {
        Written written = new Written("UTF-8", "", true);
        assertThat(inBlocks(written, "a b\0c\nd\0\0e", RecordFormat.terminatedBy('\0'), 3))
                .extracting(TextRecord::text).containsExactly("a b", "c\nd", "", "e");
    }

    // ---- blocks ----

    @Test
    void aBlockHasTheSizeAskedForOrAMultipleWhereARecordIsLonger() throws IOException {
        byte[] text = "aaaa\nbb\ncccccccccccccc\nd\ne\nf\ng\nh\n".getBytes(StandardCharsets.UTF_8);
        List<List<String>> blocks = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, text);
        try (RecordBlocks source = new RecordBlocks(new ByteArrayInputStream(text), RecordFormat.lines(), encoding, 10,
                MANY)) {
            for (RecordBlock block = source.next(); block != null; block = source.next()) {
                blocks.add(block.texts());
                lines.add(block.firstLine());
            }
            assertThat(source.next()).isNull();
        }
        assertThat(blocks).containsExactly(List.of("aaaa", "bb"), List.of("cccccccccccccc", "d", "e"),
                List.of("f", "g", "h"));
        assertThat(lines).containsExactly(1L, 3L, 6L);
    }

    @Test
    void aStreamThatNeverEndsItsQuoteIsNotReadForEver() {
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, new byte[0]);
        byte[] before = "a,b\nc,".getBytes(StandardCharsets.UTF_8);
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(before), new EndlessQuote());
        assertThatThrownBy(() -> {
            try (RecordBlocks blocks = new RecordBlocks(in, CSV, encoding, 1000, 50_000)) {
                RecordBlock block;
                do {
                    block = blocks.next();
                } while (block != null);
            }
        }).isInstanceOf(RecordException.class).hasMessageContaining("line=2").hasMessageContaining(
                "maxRecordBytes=50000").hasMessageContaining("never closed");
    }

    // ---- errors ----

    @Test
    void anUnclosedQuoteIsNamedByItsLine() throws IOException {
        String text = "a,b\n1,2\n\"3\r\n4\",5\n6,\"7\n8,9\n";
        Written written = new Written("UTF-8", "", true);
        Path file = Files.write(directory.resolve("text"), written.bytes(text));
        for (long rangeBytes : new long[]{1, 4, MANY}) {
            assertThatThrownBy(() -> inRanges(file, written, CSV, rangeBytes, MANY))
                    .isInstanceOf(RecordException.class).hasMessageContaining("line=5")
                    .hasMessageContaining("never closed");
            assertThatThrownBy(() -> inRanges(file, written, CSV, rangeBytes, 6)).isInstanceOf(RecordException.class)
                    .hasMessageContaining("line=");
        }
        assertThatThrownBy(() -> inBlocks(written, text, CSV, 3)).isInstanceOf(RecordException.class)
                .hasMessageContaining("line=5").extracting(e -> ((RecordException) e).line()).isEqualTo(5L);
        assertThatThrownBy(() -> serial(written, text)).isInstanceOf(RecordException.class)
                .hasMessageContaining("line=5");
    }

    @Test
    void theRecordsBeforeOneThatCannotBeHadComeFirst() throws IOException {
        byte[] text = "a\nb\nc\n\"d\ne\n".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("text"), text);
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, text);
        for (int size = 1; size < 20; size++) {
            List<String> inBlocks = new ArrayList<>();
            try (RecordBlocks blocks = new RecordBlocks(new ByteArrayInputStream(text), CSV, encoding, size, MANY)) {
                assertThatThrownBy(() -> {
                    for (RecordBlock block = blocks.next(); block != null; block = blocks.next()) {
                        inBlocks.addAll(block.texts());
                    }
                }).isInstanceOf(RecordException.class).hasMessageContaining("line=4");
            }
            assertThat(inBlocks).as("blocks of %d bytes", size).containsExactly("a", "b", "c");

            List<String> inRanges = new ArrayList<>();
            List<FileRange> ranges = FileRange.cut(file, CSV, encoding, 0, text.length, size);
            List<RangeSummary> summaries = new ArrayList<>();
            for (FileRange range : ranges) {
                summaries.add(range.scan());
            }
            List<RecordRange> joined = new ArrayList<>();
            assertThatThrownBy(() -> RecordRange.join(ranges, summaries, 1, MANY, joined::add))
                    .isInstanceOf(RecordException.class).hasMessageContaining("line=4");
            for (RecordRange range : joined) {
                try (RecordReader reader = range.read(MANY)) {
                    inRanges.addAll(reader.texts());
                }
            }
            assertThat(inRanges).as("ranges of %d bytes", size).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aRecordOverTheLimitIsNamedByItsLine() throws IOException {
        String text = "a\nb\n" + "c".repeat(100) + "\nd\n";
        Written written = new Written("UTF-8", "", true);
        Path file = Files.write(directory.resolve("text"), written.bytes(text));
        assertThatThrownBy(() -> inRanges(file, written, CSV, 7, 50)).isInstanceOf(RecordException.class)
                .hasMessageContaining("line=3").hasMessageContaining("maxRecordBytes=50");
        assertThat(inRanges(file, written, CSV, 7, 101)).hasSize(4);
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, new byte[0]);
        try (RecordReader reader = new RecordReader(Files.newInputStream(file), CSV, encoding, 1, 50)) {
            assertThat(reader.next()).isEqualTo(new TextRecord("a", 1));
            assertThat(reader.next()).isEqualTo(new TextRecord("b", 2));
            assertThatThrownBy(reader::next).isInstanceOf(RecordException.class).hasMessageContaining("line=3");
        }
    }

    @Test
    void bytesThatAreNoTextAreNamedByTheirLineAndTheNextRecordIsRead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("a\n".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xE9);
        bytes.writeBytes("\n\uFFFD\n".getBytes(StandardCharsets.UTF_8));
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, new byte[0]);
        try (RecordReader reader = new RecordReader(new ByteArrayInputStream(bytes.toByteArray()), CSV, encoding, 1,
                MANY)) {
            assertThat(reader.next()).isEqualTo(new TextRecord("a", 1));
            assertThatThrownBy(reader::next).isInstanceOf(RecordException.class).hasMessageContaining("line=2")
                    .hasMessageContaining("UTF-8");
            assertThat(reader.next()).isEqualTo(new TextRecord("\uFFFD", 3));
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void halfACharacterAtTheEndIsAnError() throws IOException {
        byte[] odd = {(byte) 0xFF, (byte) 0xFE, 'a', 0, '\n', 0, 'b'};
        Encoding encoding = Encoding.of(StandardCharsets.UTF_8, odd);
        try (RecordReader reader = new RecordReader(new ByteArrayInputStream(odd, 2, 5), CSV, encoding, 1, MANY)) {
            assertThat(reader.next()).isEqualTo(new TextRecord("a", 1));
            assertThatThrownBy(reader::next).isInstanceOf(RecordException.class).hasMessageContaining("UTF-16LE");
        }
    }

    @Test
    void aFileThatHasBecomeShorterIsAnError() throws IOException {
        Path file = Files.writeString(directory.resolve("text"), "a\nb\nc\n");
        FileRange range = new FileRange(file, CSV, Encoding.of(StandardCharsets.UTF_8, file), 0, 6);
        List<RecordRange> records = RecordRange.join(List.of(range), List.of(range.scan()), 1, MANY);
        Files.writeString(file, "a\nb");
        assertThatThrownBy(range::scan).isInstanceOf(EOFException.class).hasMessageContaining(file.toString());
        assertThatThrownBy(() -> records.getFirst().open().readAllBytes()).isInstanceOf(EOFException.class)
                .hasMessageContaining("expectedBytes=6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-32", "ISO-2022-JP", "IBM037"})
    void refusesCharsetsInWhichRecordsCannotBeFound(String charset) {
        assertThatThrownBy(() -> Encoding.of(Charset.forName(charset), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("charset=" + charset)
                .hasMessageContaining("iconv");
    }

    @Test
    void refusesSeparatorsThatMayBePartsOfOtherCharacters() {
        Encoding japanese = Encoding.of(Charset.forName("Shift_JIS"), new byte[0]);
        japanese.check(CSV);
        assertThatThrownBy(() -> japanese.check(RecordFormat.csv('|'))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Shift_JIS");
        assertThatThrownBy(() -> RecordFormat.csv('é')).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("separator=233");
        assertThatThrownBy(() -> RecordFormat.csv('"')).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RecordFormat.csv('\n')).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- how ----

    private static Encoding encoding(Written written) {
        byte[] head = written.bytes("abcd");
        return Encoding.of(Charset.forName(written.charset()), Arrays.copyOf(head, 4));
    }

    private static List<TextRecord> serial(Written written, String text) throws IOException {
        InputStream in = new BufferedInputStream(new ByteArrayInputStream(written.bytes(text)));
        Encoding encoding = Encoding.of(Charset.forName(written.charset()), in);
        return all(new RecordReader(in, CSV, encoding, 1, MANY));
    }

    private static List<TextRecord> inRanges(Path file, Written written, RecordFormat format, long rangeBytes,
            long maxRecordBytes) throws IOException {
        Encoding encoding = encoding(written);
        List<FileRange> ranges = FileRange.cut(file, format, encoding, encoding.markBytes(), Files.size(file),
                rangeBytes);
        List<RangeSummary> summaries = new ArrayList<>();
        for (FileRange range : ranges) {
            summaries.add(range.scan());
        }
        List<TextRecord> records = new ArrayList<>();
        for (RecordRange range : RecordRange.join(ranges, summaries, 1, maxRecordBytes)) {
            records.addAll(all(range.read(MANY)));
        }
        return records;
    }

    private static List<TextRecord> inBlocks(Written written, String text, RecordFormat format, long blockBytes)
            throws IOException {
        InputStream in = new BufferedInputStream(new ByteArrayInputStream(written.bytes(text)));
        Encoding encoding = Encoding.of(Charset.forName(written.charset()), in);
        List<TextRecord> records = new ArrayList<>();
        try (RecordBlocks blocks = new RecordBlocks(in, format, encoding, blockBytes, MANY)) {
            for (RecordBlock block = blocks.next(); block != null; block = blocks.next()) {
                records.addAll(all(block.read()));
            }
        }
        return records;
    }

    private static List<TextRecord> all(RecordReader reader) throws IOException {
        List<TextRecord> records = new ArrayList<>();
        try (reader) {
            for (TextRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
        }
        return records;
    }

    @SuppressWarnings("removal") // only tests want the lenient one
    private static CsvReader.CsvReaderBuilder fast(boolean lenient) {
        return CsvReader.builder().skipEmptyLines(false).allowExtraCharsAfterClosingQuote(lenient)
                .allowUnclosedQuote(false).extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE);
    }

    private static List<List<String>> expected(String text, boolean lenient) {
        return fast(lenient).ofCsvRecord(text).stream().map(CsvRecord::getFields).toList();
    }

    private static List<Long> expectedLines(String text, boolean lenient) {
        return fast(lenient).ofCsvRecord(text).stream().map(CsvRecord::getStartingLineNumber).toList();
    }

    private static List<Long> lines(List<TextRecord> records) {
        return records.stream().map(TextRecord::line).toList();
    }

    /** The fields of each record, read by itself. */
    private static List<List<String>> fields(List<TextRecord> records) {
        List<List<String>> fields = new ArrayList<>();
        for (TextRecord each : records) {
            if (each.text().isEmpty()) {
                fields.add(List.of(""));
            } else {
                List<CsvRecord> read = fast(true).ofCsvRecord(each.text()).stream().toList();
                assertThat(read).hasSize(1);
                fields.add(read.getFirst().getFields());
            }
        }
        return fields;
    }

    /** By FastCSV, which says so in an exception. */
    private static boolean endsInQuotes(String text) {
        try {
            fast(true).ofCsvRecord(text).stream().forEach(_ -> {});
            return false;
        } catch (CsvParseException e) {
            return true;
        }
    }
}
