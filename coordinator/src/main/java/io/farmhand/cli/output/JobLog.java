package io.farmhand.cli.output;

import io.farmhand.WorkerCrashedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run: a line of tab-separated fields for each input that is done. The first nine are those of GNU parallel's
 * {@code --joblog}; behind them stand the worker, how often the input was run, and {@link Digest the digests} of the function and
 * the input. {@code Exitval} is 0 or 1; of a worker that died its exit status or, in {@code Signal}, the signal.
 */
public final class JobLog {
    private static final String HEADER = String.join("\t", "Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive",
            "Exitval", "Signal", "Command", "Worker", "Attempts", "Function", "Input") + "\n";
    private static final int FIELDS = 13;
    private static final int SEQ = 0;
    private static final int EXIT = 6;
    private static final int SIGNAL = 7;
    private static final int FUNCTION = 11;
    private static final int INPUT = 12;
    private static final int SIGNAL_BASE = 128;
    private static final int MOST_SIGNALS = 64;
    private static final Pattern SEQ_TEXT = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern EXIT_TEXT = Pattern.compile("[0-9]{1,10}");
    private static final Pattern DIGEST_TEXT = Pattern.compile("[0-9a-f]{16}");
    private static final int MOST_SHOWN = 40;
    /** A table has no more rows. */
    private static final long MOST_INPUTS = Integer.MAX_VALUE;
    private static final double MILLIS = 1e3;

    private final Path file;
    private final String host;
    private final String method;
    private final Digest digest;

    /** What a log tells of an earlier run. */
    public static final class Done {
        private static final int PAGE_INPUTS = 1 << 12;

        /** By the index of their first input over {@link #PAGE_INPUTS}; an index that is far off costs one page. */
        private final Map<Integer, Page> pages = new HashMap<>();
        private String function = "";

        /** Some inputs that follow each other. */
        private static final class Page {
            private final BitSet done = new BitSet(PAGE_INPUTS);
            private final BitSet failed = new BitSet(PAGE_INPUTS);
            private final long[] inputs = new long[PAGE_INPUTS];
        }

        private @Nullable Page page(long index) {
            return index < MOST_INPUTS ? pages.get((int) (index / PAGE_INPUTS)) : null;
        }

        private static int place(long index) {
            return (int) (index % PAGE_INPUTS);
        }

        /** Whether an input was done. */
        public boolean has(long index) {
            Page page = page(index);
            return page != null && page.done.get(place(index));
        }

        /** Whether an input was done and failed. */
        public boolean hasFailed(long index) {
            Page page = page(index);
            return page != null && page.failed.get(place(index));
        }

        /** The digest of an input that was done. */
        public long input(long index) {
            Page page = page(index);
            return page == null ? 0 : page.inputs[place(index)];
        }

        /** The digest of the function; empty where nothing was done. */
        public String function() {
            return function;
        }

        private void add(String[] row) {
            if (row.length != FIELDS) {
                throw new IllegalArgumentException("it has fields=" + row.length + ", not " + FIELDS);
            }
            check("Seq", row[SEQ], SEQ_TEXT);
            check("Exitval", row[EXIT], EXIT_TEXT);
            check("Signal", row[SIGNAL], EXIT_TEXT);
            check("Function", row[FUNCTION], DIGEST_TEXT);
            check("Input", row[INPUT], DIGEST_TEXT);
            long index = Long.parseLong(row[SEQ]) - 1;
            if (index >= MOST_INPUTS) {
                throw new IllegalArgumentException("Seq=" + row[SEQ] + " is more than " + MOST_INPUTS);
            }
            Page page = pages.computeIfAbsent((int) (index / PAGE_INPUTS), _ -> new Page());
            page.inputs[place(index)] = Long.parseUnsignedLong(row[INPUT], 16);
            function = row[FUNCTION];
            page.done.set(place(index));
            page.failed.set(place(index), !row[EXIT].equals("0") || !row[SIGNAL].equals("0"));
        }

        private static void check(String name, String field, Pattern pattern) {
            if (!pattern.matcher(field).matches()) {
                throw new IllegalArgumentException(name + "=" + printable(field) + " cannot be");
            }
        }
    }

    /**
     * A log; nothing is read or written yet.
     *
     * @param host of this process
     * @param method as the user wrote it
     */
    public JobLog(Path file, String host, String method, Digest digest) {
        this.file = file;
        this.host = host;
        this.method = method;
        this.digest = digest;
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /**
     * Reads what an earlier run has logged, and cuts off a last line that is not whole.
     *
     * @throws IOException when it cannot be read, or is no such log
     */
    public Done read() throws IOException {
        Done done = new Done();
        if (!Files.exists(file) || Files.size(file) == 0) {
            return done;
        }
        checkHeader(); // before anything is cut off what may be another file
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.truncate(WholeLines.end(channel));
        }
        long number = 1;
        // Unlike that of Files, this reader makes characters of whatever stands there, and the fields tell.
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            String line = lines.readLine(); // the header
            while (line != null) {
                line = lines.readLine();
                number++;
                if (line != null) {
                    done.add(line.split("\t", -1));
                }
            }
        } catch (IllegalArgumentException e) {
            throw noLog(number, String.valueOf(e.getMessage()));
        }
        return done;
    }

    /** The first line, or as much of it as was written. */
    private void checkHeader() throws IOException {
        byte[] wanted = HEADER.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] found = in.readNBytes(wanted.length);
            if (!Arrays.equals(found, 0, found.length, wanted, 0, found.length)) {
                throw noLog(1, "it does not begin with Seq, Host, Starttime and so on, with tabs between them");
            }
        }
    }

    private IOException noLog(long line, String why) {
        return new IOException("'" + file + "' is no log of a run of farm: line " + line + ": " + why);
    }

    /** The first line, where there is none yet. */
    byte[] header() throws IOException {
        return Files.exists(file) && Files.size(file) > 0 ? new byte[0] : HEADER.getBytes(StandardCharsets.UTF_8);
    }

    /** The line of an outcome. */
    byte[] line(Outcome outcome) {
        int exit = outcome.isFailed() ? 1 : 0;
        int signal = 0;
        if (outcome.error() instanceof WorkerCrashedException crash && crash.exitCode() > 0) {
            boolean isSignal = crash.exitCode() > SIGNAL_BASE && crash.exitCode() <= SIGNAL_BASE + MOST_SIGNALS;
            exit = isSignal ? 0 : crash.exitCode();
            signal = isSignal ? crash.exitCode() - SIGNAL_BASE : 0;
        }
        String text = outcome.input().text();
        String value = outcome.value() == null ? "" : outcome.value();
        Duration taken = outcome.taken();
        return String.join("\t", List.of(
                Long.toString(outcome.input().index() + 1),
                host,
                String.format(Locale.ROOT, "%.3f", outcome.ended().minus(taken).toEpochMilli() / MILLIS),
                String.format(Locale.ROOT, "%.3f", taken.toNanos() / 1e9),
                Integer.toString(text.length()),
                Integer.toString(value.length()),
                Integer.toString(exit),
                Integer.toString(signal),
                escaped(method + " " + text),
                Integer.toString(outcome.worker()),
                Integer.toString(outcome.attempts()),
                digest.function(),
                String.format("%016x", digest.of(outcome.input(), outcome.isFailed())))).concat("\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The beginning of a field that may be anything, with nothing in it that a terminal obeys. */
    private static String printable(String field) {
        String begin = field.length() > MOST_SHOWN ? field.substring(0, MOST_SHOWN) + "..." : field;
        return "'" + begin.replaceAll("[\\p{Cntrl}\\x80-\\x9F]", "?") + "'";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
    }
}
