package io.farmhand.cli;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.Result;
import io.farmhand.cli.hint.MissingFile;
import io.farmhand.cli.input.Inputs;
import io.farmhand.cli.output.RunLock;
import io.farmhand.cli.output.RunRecord;
import io.farmhand.cli.task.MethodTask;
import io.farmhand.internal.jvm.Signals;
import io.farmhand.internal.observe.ProgressBar;
import io.farmhand.internal.observe.Screen;
import io.farmhand.internal.observe.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code farm map} and {@code farm submit} have in common: a method, its inputs, and how it is run over them. */
final class MapWork {
    /** What is said of both below their options. */
    static final String FOOTER = """

            INPUTs are words, or files with --csv, --json, --pipe and --pipe-part. Without
            any, the lines of standard input are read as they come. Several sources give all
            combinations of their words, one for each parameter of the method, or with
            --link one of each at a time:
              ::: WORD...      words
              :::: FILE...     the lines of files; - is standard input
              :::+, ::::+      the same, in step with the source before

            A word is read as a Path, File, String, long, int, double or boolean, as the
            method takes it; of several that fit, the first in this order is taken. Records,
            maps, collections and arrays print as one line of JSON, all else by its
            toString(); a void method prints nothing. Standard output holds results only, in
            UTF-8; what the method prints goes to standard error, as '[worker 3] ...'.

            A failed item is told on standard error, with its index (from 0) and the remote
            stack, and the others go on. Ctrl-C lets what runs end; again, it kills.

            Exit status:
              0         all went well
              1 to 100  so many items failed; 101, more
              2         also: wrong usage, and nothing was run
              102       the run broke off
              130       interrupted
              141       the reader of the results has gone

            """;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = {"--jar",
            "--class-path"}, paramLabel = "FILE[:FILE...]",
            description = "Jars, or directories of classes, to find the method and what it needs in. Repeatable.")
    private List<String> jars = new ArrayList<>();

    @ArgGroup(validate = false, heading = "%nInputs:%n")
    private InputOptions input = new InputOptions();

    @ArgGroup(validate = false, heading = "%nResults:%n")
    private RecordOptions record = new RecordOptions();

    @ArgGroup(validate = false, heading = "%nThe run:%n")
    private RunOptions options = new RunOptions();

    @Parameters(index = "0", paramLabel = "CLASS::METHOD", description = "A static method.")
    private String method = "";

    @Parameters(index = "1..*", paramLabel = "INPUT",
            description = "The inputs; options come before the method. Without any, those of standard input.")
    private List<String> words = new ArrayList<>();

    /** How many inputs were given as words; 0 when it takes reading to know. */
    int givenInputs() {
        return input.format() == InputOptions.Format.WORDS && words.stream().noneMatch(word -> word.startsWith(":::"))
                ? words.size()
                : 0;
    }

    /**
     * Maps the method over the inputs, and prints.
     *
     * @param builder of the pool, whose place is set
     * @param workers how many, at most
     * @param seesFiles whether the workers see this host's files
     * @return the exit status
     */
    int run(Console given, PoolBuilder builder, int workers, boolean seesFiles) {
        Screen screen = options.showsProgress() ? new Screen(given.error(), Terminal.isStandardError()) : null;
        Console console = screen == null ? given : given.above(screen);
        input.check();
        record.check();
        options.check();
        List<Path> classPath = ClassPath.parse(jars);
        dropDash();
        InputWords sources = input.words(words);
        int wordsOfEach = input.wordsOfEach(sources);
        try (ClassPath classes = ClassPath.open(classPath)) {
            TargetMethod target = TargetMethod.find(MethodName.parse(method), classes, input.format(), wordsOfEach);
            checkFiles(target, sources, seesFiles);
            InputOptions.Opened opened = open(console, sources, target);
            try (Inputs inputs = opened.inputs()) {
                MethodTask task = target.task(opened.header(), input.separator());
                if (workers != Integer.MAX_VALUE) {
                    builder.workers(workers);
                }
                builder.classPath(classPath.toArray(Path[]::new));
                builder.output((worker, stderr, line) -> console.error().println(Terminal.ofWorker(worker, line)));
                options.configure(builder);
                if (options.isDryRun()) {
                    return new DryRun(console, target, method, task, classPath, options, workers, seesFiles)
                            .tell(inputs);
                }
                try (RunLock _ = record.lock()) {
                    return run(console, screen, builder, task, record.open(console, wordsOfEach, target, method,
                            input.reading(opened.header())), inputs);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private InputOptions.Opened open(Console console, InputWords sources, TargetMethod target) {
        try {
            return input.open(sources, console.input(), target.wantsHeader());
        } catch (IOException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private int run(Console console, @Nullable Screen screen, PoolBuilder builder, MethodTask task,
            RecordOptions.Opened kept, Inputs inputs)
            throws IOException {
        OutputFailure failure = new OutputFailure(console, record.howToGoOn());
        try (RunRecord written = new RunRecord(kept.results(), kept.name(), kept.log(), kept.resumes(), failure::end);
                Pool pool = builder.build()) {
            InFlight inFlight = new InFlight(inputs, kept.isDone(), options.memory(console),
                    new ReadAhead(pool::size, options.chunkSize()));
            ProgressBar bar = screen == null
                    ? null
                    : new ProgressBar(screen, inputs.size(), () -> inFlight.busy(pool.size()));
            MapRun run = new MapRun(console, inFlight, written, record.isPrinted() && options.isOrdered(),
                    options.halt(),
                    isFailed -> {
                        if (bar != null) {
                            bar.add(1, isFailed ? 1 : 0);
                        }
                    });
            Interrupts interrupts = new Interrupts(console, inFlight,
                    () -> console.exit().accept(end(console, written, MapRun.End.INTERRUPTED, run)));
            Signals.onInterrupt(interrupts::interrupted);
            MapRun.End end;
            try (Stream<Result<String>> results = pool.imapUnorderedResults(task, inFlight, options.chunkSize())) {
                end = run.run(results.iterator());
                if (end == MapRun.End.HALTED && options.halt().now()) {
                    pool.shutdownNow();
                }
            } catch (IOException e) { // of what keeps each result by itself
                failure.end(kept.name(), e);
                return ExitStatus.FATAL;
            } finally {
                if (bar != null) {
                    bar.close();
                }
            }
            if (options.showsInsights() && end != MapRun.End.HALTED) {
                console.error().print(pool.insights().table());
                console.error().flush();
            }
            return end(console, written, end, run);
        }
    }

    private int end(Console console, RunRecord written, MapRun.End end, MapRun run) {
        try {
            // What was to be halted at so many results is whole when they are there.
            written.finish(end == MapRun.End.WHOLE
                    || (end == MapRun.End.HALTED && options.halt().of() != Halt.Of.FAIL));
        } catch (IOException e) {
            new OutputFailure(console, record.howToGoOn()).end("the results", e);
            return ExitStatus.FATAL;
        }
        if (end == MapRun.End.INTERRUPTED) {
            console.error().println("farm: interrupted: failed=" + run.failed() + " succeeded=" + run.succeeded() + "; "
                    + record.howToGoOn());
            return ExitStatus.INTERRUPTED;
        }
        return ExitStatus.ofFailures(run.failed());
    }

    /** Finds what would fail for certain, before any worker starts. */
    private void checkFiles(TargetMethod target, InputWords sources, boolean seesFiles) {
        if (!seesFiles && input.readsInWorkers()) {
            throw new UsageException(
                    "--pipe-part: workers of a cluster do not see this host's files; with --pipe they are "
                            + "sent");
        }
        if (seesFiles && target.takesFiles()) {
            for (String word : sources.plain()) {
                MissingFile.check(word).ifPresent(missing -> {
                    throw new UsageException(missing);
                });
            }
        }
    }

    private void dropDash() {
        if (words.isEmpty()) {
            return;
        }
        String first = words.getFirst();
        if (first.equals("--")) {
            words.removeFirst();
        } else if (spec.optionsMap().containsKey(first.split("=", 2)[0])) {
            throw new UsageException(
                    "option " + first + " must come before the method; put -- there if it is an input");
        }
    }
}
