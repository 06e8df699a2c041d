package io.farmhand.examples;

import io.farmhand.Pool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The tutorial's main job, timed: describe 1,326 CSV files, one after the other in this JVM, then in worker JVMs.
 *
 * <p>All runs call {@link Describe#file} on the same files, which were just written and so are in memory. Either way is
 * run twice, for most of a first run goes to loading and compiling classes: cold is compared with cold and warm with
 * warm. The first parallel run includes the start of the pool; the second uses the same pool.
 */
@Command(name = "demo", mixinStandardHelpOptions = true,
        description = "Describes 1,326 CSV files serially and in worker JVMs, and compares the times.")
public final class Demo implements Callable<Integer> {
    private static final int ROWS_SHOWN = 5;
    private static final int ENDED_BY_SIGNAL = 130;

    @Option(names = "--files", paramLabel = "N", description = "make only the first N files")
    private int files = Series.labels().size();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", description = "worker JVMs (default: one for each core)")
    private int jobs;

    @Option(names = "--keep", description = "do not remove the files")
    private boolean keep;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * Runs the demo and exits.
     *
     * @param arguments {@code --files N}, {@code --jobs N}, {@code --keep}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Demo()).execute(arguments));
    }

    /**
     * Makes the files, describes them four times, prints the outcome and removes the files.
     *
     * @return 0, or 1 when the results differ
     * @throws Exception when a file cannot be written or described
     */
    @Override
    public Integer call() throws Exception {
        check("--files", files, 1, Series.labels().size());
        check("--jobs", jobs, 0, Integer.MAX_VALUE);
        try (ScratchDirectory directory = new ScratchDirectory("farmhand-demo-", keep)) {
            try {
                return compare(directory);
            } catch (Exception e) {
                if (directory.isRemoved()) { // by Ctrl-C: it only misses its files
                    return ENDED_BY_SIGNAL;
                }
                throw e;
            } finally {
                if (keep) {
                    say("Kept the files in %s".formatted(directory.path()));
                }
            }
        }
    }

    private int compare(ScratchDirectory directory) throws Exception {
        say("Writing %,d CSV files to %s ...".formatted(files, directory.path()));
        long start = System.nanoTime();
        List<Path> paths = Series.labels().stream().limit(files).parallel().map(
                label -> write(directory.path(), label)).toList();
        long sizeBytes = 0;
        for (Path path : paths) {
            sizeBytes += Files.size(path);
        }
        say("  %,.1f MB in %.2f s".formatted(sizeBytes / 1e6, secondsSince(start)));

        say("Describing them in this JVM, one after the other, twice ...");
        Run serial = time(() -> describeAll(paths));
        Run serialAgain = time(() -> describeAll(paths));

        say("Describing them in worker JVMs, twice ...");
        start = System.nanoTime();
        double startSeconds;
        Run parallel;
        Run parallelAgain;
        int workers;
        try (Pool pool = jobs == 0 ? Pool.create() : Pool.create(jobs)) {
            startSeconds = secondsSince(start);
            workers = pool.size();
            parallel = time(() -> pool.map(Describe::file, paths));
            parallelAgain = time(() -> pool.map(Describe::file, paths));
        }
        double firstSeconds = startSeconds + parallel.seconds();

        printFirst(parallel.summaries());
        say("");
        say("%-10s %12s %12s".formatted("", "first run", "second run"));
        say("%-10s %10.2f s %10.2f s".formatted("serial", serial.seconds(), serialAgain.seconds()));
        say("%-10s %10.2f s %10.2f s   workers: %d; the first run includes the pool's start, %.2f s".formatted(
                "parallel", firstSeconds, parallelAgain.seconds(), workers, startSeconds));
        say("%-10s %10.2f x %10.2f x".formatted("speed-up", serial.seconds() / firstSeconds,
                serialAgain.seconds() / parallelAgain.seconds()));
        boolean equal = Stream.of(serialAgain, parallel, parallelAgain).map(Run::summaries).allMatch(
                serial.summaries()::equals);
        say(equal ? "All four results are equal." : "THE RESULTS DIFFER.");
        return equal ? 0 : 1;
    }

    private static List<Summary> describeAll(List<Path> paths) throws IOException {
        List<Summary> summaries = new ArrayList<>();
        for (Path path : paths) {
            summaries.add(Describe.file(path));
        }
        return summaries;
    }

    private static Run time(Callable<List<Summary>> job) throws Exception {
        long start = System.nanoTime();
        List<Summary> summaries = job.call();
        return new Run(summaries, secondsSince(start));
    }

    private static Path write(Path directory, String label) {
        try {
            return Series.write(directory, label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void printFirst(List<Summary> summaries) {
        say("");
        say("%-8s %7s %9s %9s %9s %9s %9s %9s %9s".formatted("file", "count", "mean", "std", "min", "25%", "50%", "75%",
                "max"));
        for (Summary summary : summaries.subList(0, Math.min(ROWS_SHOWN, summaries.size()))) {
            Summary.Column data = summary.column("data");
            say("%-8s %7d %9.6f %9.6f %9.6f %9.6f %9.6f %9.6f %9.6f".formatted(summary.file(), data.count(),
                    data.mean(),
                    data.std(), data.min(), data.q25(), data.q50(), data.q75(), data.max()));
        }
        if (summaries.size() > ROWS_SHOWN) {
            say("... and %,d more".formatted(summaries.size() - ROWS_SHOWN));
        }
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(spec.commandLine(),
                    option + "=" + value + " is out of range: it may be " + least + " to " + most + ".");
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** One pass over all files. */
    private record Run(List<Summary> summaries, double seconds) {}

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
