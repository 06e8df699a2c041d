package io.farmhand.cli;

import io.farmhand.cli.input.Input;
import io.farmhand.cli.output.Digest;
import io.farmhand.cli.output.JobLog;
import io.farmhand.cli.output.Lines;
import io.farmhand.cli.output.ResultDirectory;
import io.farmhand.cli.output.ResultTable;
import io.farmhand.cli.output.Results;
import io.farmhand.cli.output.RunLock;
import io.farmhand.cli.output.TableFormat;
import io.farmhand.internal.cluster.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is kept of a run, and how one goes on with an earlier one. */
final class RecordOptions {
    @Option(names = "--results", paramLabel = "PLACE", description = "Keep results there, in place of printing them: a "
            + "table FILE.csv or FILE.jsonl, which is there when the run is whole, or a directory with a file for each; .CSV and .JSONL are tables, too.")
    private @Nullable Path place;

    @Option(names = "--joblog", paramLabel = "FILE", description = "Log each input that is done, as GNU parallel does "
            + "(default with --results: PLACE.joblog).")
    private @Nullable Path logFile;

    @Option(names = "--resume", description = "Go on with a run that has ended before its time: inputs in its log are "
            + "passed over.")
    private boolean resume;

    @Option(names = "--resume-failed", description = "As --resume, but those that failed are run again.")
    private boolean resumeFailed;

    @Option(names = "--retry-failed", description = "Run those again that failed in an earlier run, and no others.")
    private boolean retryFailed;

    @Option(names = "--tag", description = "Print each input before its result, and a tab.")
    private boolean tag;

    /** What is kept, opened. */
    record Opened(Results results, String name, @Nullable JobLog log, boolean resumes, Predicate<Input> isDone) {}

    boolean isPrinted() {
        return place == null;
    }

    boolean isLogged() {
        return place != null || logFile != null;
    }

    /** What one types to go on with the run; empty where nothing is kept of it. */
    String howToGoOn() {
        return isLogged() ? "the same command with --resume goes on" : "with --joblog or --results it could be resumed";
    }

    /** @throws UsageException when options contradict each other */
    void check() {
        if (resumes() && !isLogged()) {
            throw new UsageException(
                    "--resume, --resume-failed and --retry-failed need the --joblog or the --results of the "
                            + "run before");
        }
        if (Stream.of(resume, resumeFailed, retryFailed).filter(Boolean::booleanValue).count() > 1) {
            throw new UsageException("--resume, --resume-failed and --retry-failed exclude each other");
        }
        checkName("--results", place);
        checkName("--joblog", logFile);
        if (tag && place != null) {
            throw new UsageException("--tag is for results that are printed; the table of --results has the inputs");
        }
    }

    private static void checkName(String option, @Nullable Path named) {
        if (named != null && named.toString().isEmpty()) {
            throw new UsageException(option + " must name a place, not ''");
        }
    }

    private boolean resumes() {
        return resume || resumeFailed || retryFailed;
    }

    /**
     * Keeps other runs from writing where this one does, until it is closed.
     *
     * @throws UsageException when one does already
     */
    RunLock lock() {
        checkLogFile();
        try {
            return RunLock.of(Stream.of(place, logFile).filter(Objects::nonNull).toList());
        } catch (IOException e) {
            throw new UsageException((place == null ? "--joblog: " : "--results: ") + words(e));
        }
    }

    /**
     * Opens what is kept.
     *
     * @param words how many each input has
     * @param target the method
     * @param method as the user wrote it
     * @param reading how the inputs are read, where that decides on what they are
     * @throws UsageException when it cannot be kept there, or the earlier run was another
     */
    Opened open(Console console, int words, TargetMethod target, String method, String reading) {
        try {
            Path file = logFile();
            String name = place == null ? "standard output" : "'" + place + "'";
            if (file == null) { // then the run before has left nothing, either
                return new Opened(results(console, words, target), name, null, false, _ -> false);
            }
            Digest digest = Digest.of(target.method(), reading);
            JobLog log = new JobLog(file, Hosts.ownName(), method, digest);
            if (retryFailed && (!Files.exists(file) || Files.size(file) == 0)) {
                throw new UsageException("--retry-failed: there is no log of an earlier run: '" + file + "'");
            }
            JobLog.Done done = resumes() ? log.read() : new JobLog.Done();
            if (!done.function().isEmpty() && !done.function().equals(digest.function())) {
                throw new UsageException(
                        "'" + file + "' is of another function than " + method + ", or that was changed "
                                + "since: run all anew, without --resume");
            }
            Results results = results(console, words, target);
            return new Opened(results, name, log, resumes(), input -> isDone(input, done, results, digest));
        } catch (IOException e) {
            throw new UsageException((place == null ? "--joblog: " : "--results: ") + words(e));
        }
    }

    /** Refuses a log that cannot be written, of which the system would tell when all else has begun. */
    private void checkLogFile() {
        Path file = logFile;
        if (file == null) {
            return;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new UsageException("--joblog: '" + file + "' is a directory: name a file");
        }
        if (directory != null && !Files.isDirectory(directory)) {
            throw new UsageException("--joblog: there is no directory '" + directory + "'");
        }
        if (!Files.isWritable(Files.exists(file) || directory == null ? file : directory)) {
            throw new UsageException("--joblog: '" + file + "' cannot be written: this user ("
                    + System.getProperty("user.name") + ") may not");
        }
    }

    private static String words(IOException failure) {
        return failure.getClass() == IOException.class ? String.valueOf(failure.getMessage()) : failure.toString();
    }

    private @Nullable Path logFile() {
        if (logFile != null || place == null) {
            return logFile;
        }
        return TableFormat.of(place).isPresent()
                ? place.resolveSibling(place.getFileName() + ".joblog")
                : place.resolve("joblog");
    }

    private Results results(Console console, int words, TargetMethod target) throws IOException {
        Path where = place;
        if (where == null) {
            return new Lines(console.output(), target.isVoid(), tag);
        }
        TableFormat format = TableFormat.of(where).orElse(null);
        if (format == null) {
            if (Files.exists(where) && !Files.isDirectory(where)) {
                throw new IOException(
                        "'" + where + "' is a file, and no table: name it FILE.csv or FILE.jsonl, or name a "
                                + "directory");
            }
            return new ResultDirectory(where);
        }
        if (Files.isDirectory(where)) {
            throw new IOException("'" + where + "' is a directory, whose name is that of a table");
        }
        return new ResultTable(where, format, words, target.givesJson(), resumes());
    }

    private boolean isDone(Input input, JobLog.Done done, Results results, Digest digest) {
        if (!resumes()) {
            return false;
        }
        if (!done.has(input.index()) || !results.has(input.index())) {
            return retryFailed;
        }
        if (done.input(input.index()) != digest.of(input, done.hasFailed(input.index()))) {
            throw new UsageException("item " + input.index() + " (" + Preview.of(input) + ") is another one than in "
                    + "the run that is to be resumed: the inputs have changed, or a file that they name, or how they are "
                    + "read (--csv, --json, --colsep, --charset, the header). Run all anew, without --resume");
        }
        return resume || !done.hasFailed(input.index());
    }
}
