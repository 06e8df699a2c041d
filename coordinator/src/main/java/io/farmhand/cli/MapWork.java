package io.farmhand.cli;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code farm map} and {@code farm submit} have in common: a method, its inputs, and how it is run over them. */
final class MapWork {
    /** What is said of both below their options. */
    static final String FOOTER = """

            The method takes one Path, File, String, long, int, double or boolean; of
            several that fit, the first in this order is taken. Records, maps, collections
            and arrays print as one line of JSON, all else by its toString(); a void method
            prints nothing. Standard output holds results only, in UTF-8; what the method
            prints goes to standard error, as '[worker 3] ...'.

            A failed item is told on standard error, with its index (from 0) and the remote
            stack, and the others go on.

            Exit status:
              0         all went well
              1 to 100  so many items failed; 101, more
              2         also: wrong usage, and nothing was run
              102       the run broke off
              130       interrupted
              141       the reader of the results has gone

            """;

    private static final Pattern HEAP = Pattern.compile("[1-9]\\d*[kKmMgGtT]?");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--chunk-size", paramLabel = "N", defaultValue = "1",
            description = "Items sent to a worker at once (default: 1). Raise it for many quick items.")
    private int chunkSize = 1;

    @Option(names = {"--jar",
            "--class-path"}, paramLabel = "FILE[:FILE...]",
            description = "Jars, or directories of classes, to find the method and what it needs in. Repeatable.")
    private List<String> jars = new ArrayList<>();

    @Option(names = "--max-heap", paramLabel = "SIZE", description = "Each worker's largest heap, such as 512m.")
    private @Nullable String maxHeap;

    @Option(names = "--jvm-arg", paramLabel = "ARG", description = "An argument for the workers' JVMs. Repeatable.")
    private List<String> jvmArguments = new ArrayList<>();

    @Parameters(index = "0", paramLabel = "CLASS::METHOD", description = "A static method of one parameter.")
    private String method = "";

    @Parameters(index = "1..*", paramLabel = "INPUT",
            description = "The inputs; options come before the method. Without any, the lines of standard input, "
                    + "read lazily as UTF-8: a line ends with \\n or \\r\\n, the last one with the input at the latest.")
    private List<String> inputs = new ArrayList<>();

    /** How many inputs were given as arguments; 0 when they are to be read. */
    int givenInputs() {
        return inputs.size();
    }

    /**
     * Maps the method over the inputs, and prints.
     *
     * @param builder of the pool, whose workers and place are set
     * @param seesFiles whether the workers see this host's files
     * @return the exit status
     */
    int run(Console console, PoolBuilder builder, boolean seesFiles) {
        checkOptions();
        List<Path> classPath = ClassPath.parse(jars);
        TargetMethod target;
        try (ClassPath classes = ClassPath.open(classPath)) {
            target = TargetMethod.find(MethodName.parse(method), classes);
        }
        checkInputs(target.kind(), seesFiles);
        Iterator<String> items = inputs.isEmpty() ? new InputLines(console.input()) : inputs.iterator();
        InFlight inFlight = new InFlight(items);
        builder.classPath(classPath.toArray(Path[]::new))
                .output((worker, stderr, line) -> console.error().println("[worker " + worker + "] " + line));
        if (!jvmArguments.isEmpty()) {
            builder.jvmArgs(jvmArguments.toArray(String[]::new));
        }
        if (maxHeap != null) {
            builder.maxHeap(maxHeap);
        }
        try (Pool pool = builder.build();
                Stream<Result<String>> results = pool.imapResults(target.task(), inFlight, chunkSize)) {
            return new MapRun(console, inFlight, target.isVoid()).run(results.iterator());
        }
    }

    private void checkOptions() {
        if (chunkSize < 1) {
            throw new UsageException("--chunk-size must be 1 or more, not " + chunkSize);
        }
        if (maxHeap != null && !HEAP.matcher(maxHeap).matches()) {
            throw new UsageException("--max-heap must be a size such as 512m or 2g, not '" + maxHeap + "'");
        }
    }

    /** Finds what would fail for certain, before any worker starts. */
    private void checkInputs(InputKind kind, boolean seesFiles) {
        if (inputs.isEmpty()) {
            return;
        }
        String first = inputs.getFirst();
        if (first.equals("--")) {
            inputs.removeFirst();
        } else if (spec.optionsMap().containsKey(first.split("=", 2)[0])) {
            throw new UsageException(
                    "option " + first + " must come before the method; put -- there if it is an input");
        }
        if (seesFiles && (kind == InputKind.PATH || kind == InputKind.FILE)) {
            for (String input : inputs) {
                MissingFile.check(input).ifPresent(missing -> {
                    throw new UsageException(missing);
                });
            }
        }
    }
}
