package io.farmhand.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures Farmhand and its peers by turns, compares their results, and shows the figures. */
@Command(name = "farm bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures Farmhand beside its peers, by turns, each side in a process of its own.")
public final class Bench implements Callable<Integer> {
    @Parameters(paramLabel = "CASE", arity = "0..*", completionCandidates = Names.class,
            description = "Cases or groups of them; all without any: ${COMPLETION-CANDIDATES}")
    private List<String> names = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "How often each side is measured (default: 5).")
    private int rounds = 5;

    @Option(names = "--quick", description = "Little work, to see that it runs: the figures mean nothing.")
    private boolean quick;

    @Option(names = "--python", paramLabel = "PATH",
            description = "The peers' interpreter (default: python3 or /usr/bin/python3, whichever has more of numpy, "
                    + "pandas and joblib).")
    private @Nullable String pythonPath;

    @Option(names = "--out", paramLabel = "DIR",
            description = "Where JSON, table and plots are written to; cases that are not measured stay there as they are.")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The names, for picocli. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            super(Case.names());
        }
    }

    private Bench() {}

    /** Runs the bench. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs it and returns its exit status: 0, or 1 when a side failed or had another result than the others. */
    static int run(String... args) {
        return new CommandLine(new Bench()).execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Case> cases = chosen();
        Optional<Python> python = Python.find(Optional.ofNullable(pythonPath));
        String setting = setting(python);
        Map<Case, Measured> measured = new LinkedHashMap<>();
        cases.forEach(each -> measured.put(each, new Measured(setting)));
        say(setting);
        boolean good = true;
        try (Sides sides = Sides.open(python, quick)) {
            Set<String> leftOut = new HashSet<>();
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<Case, Measured> each : measured.entrySet()) {
                    for (Side side : each.getKey().sides()) {
                        Optional<String> missing = sides.missing(each.getKey(), side);
                        if (missing.isEmpty()) {
                            good &= measure(sides, round, each.getKey(), side, each.getValue());
                        } else if (leftOut.add(side + missing.get())) {
                            say(side.title() + " is left out: " + missing.get());
                        }
                    }
                }
                if (out != null) {
                    Report.write(out, measured);
                }
            }
        }
        System.out.print(Report.markdown(measured));
        return good ? 0 : 1;
    }

    /** One round of one side; what fails once is not tried again. */
    private boolean measure(Sides sides, int round, Case measuredCase, Side side, Measured measured)
            throws InterruptedException {
        if (measured.hasFailed(side)) {
            return false;
        }
        String what = "round %d of %d, %s, %s: ".formatted(round, rounds, measuredCase.id(), side.title());
        try {
            Outcome outcome = sides.run(quick ? measuredCase.quick() : measuredCase, side);
            measured.add(side, outcome);
            say(what + measuredCase.unit().text(outcome.value()));
            return true;
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            measured.fail(side, String.valueOf(e.getMessage()));
            say(what + "FAILED: " + e.getMessage());
            return false;
        }
    }

    private List<Case> chosen() {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds=" + rounds + " is not at least 1");
        }
        try {
            return Case.chosen(names);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private String setting(Optional<Python> python) {
        return "%d cores, %s %s, JDK %s, %s; rounds: %d%s".formatted(Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.version(),
                python.map(found -> "Python " + found.version() + " with " + String.join(", ", found.modules().stream()
                        .sorted().toList())).orElse("no Python"),
                rounds, quick ? ", QUICK: the figures mean nothing" : "");
    }

    private static void say(String line) {
        System.err.println("bench: " + line);
    }
}
