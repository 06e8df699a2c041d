package io.farmhand.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the cases for Farmhand and its peer by turns, and shows both. */
@Command(name = "farm bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures Farmhand beside Python's multiprocessing, by turns, each side in a process of its own.")
public final class Bench implements Callable<Integer> {
    @Parameters(paramLabel = "CASE", arity = "0..*", completionCandidates = Ids.class,
            description = "What to measure; all without any: ${COMPLETION-CANDIDATES}")
    private List<String> cases = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "How often each side is measured (default: 5).")
    private int rounds = 5;

    @Option(names = "--millis", paramLabel = "MS",
            description = "How long each measured stretch of Farmhand's is; ten stretches make a round (default: 300).")
    private int millis = 300;

    @Option(names = "--python", paramLabel = "PATH", description = "The peer's interpreter (default: python3).")
    private String python = "python3";

    @Option(names = "--out", paramLabel = "DIR", description = "Where sync.md and sync.json are written to.")
    private @Nullable Path out;

    /** The names of the cases, for picocli. */
    static final class Ids extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Ids() {
            super(Case.ids());
        }
    }

    private Bench() {}

    /** Runs the bench. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<Case> chosen = chosen();
        Map<Case, List<Double>> ours = new EnumMap<>(Case.class);
        Map<Case, List<Double>> peers = new EnumMap<>(Case.class);
        FarmhandSide farmhand = new FarmhandSide(millis, 5, 5);
        try (PythonSide side = PythonSide.open(python)) {
            boolean hasPeer = side.isThere();
            if (!hasPeer) {
                System.err.println("bench: there is no " + python + ", so Python is left out");
            }
            for (int round = 1; round <= rounds; round++) {
                for (Case each : chosen) {
                    double our = farmhand.measure(each);
                    ours.computeIfAbsent(each, absent -> new ArrayList<>()).add(our);
                    double peer = hasPeer ? side.measure(each) : Double.NaN;
                    if (hasPeer) {
                        peers.computeIfAbsent(each, absent -> new ArrayList<>()).add(peer);
                    }
                    System.err.println(String.format(Locale.ROOT, "bench: round %d of %d, %s: %.0f ns, Python %.0f ns",
                            round, rounds, each.id(), our, peer));
                }
            }
        }
        Report report = new Report();
        for (Case each : chosen) {
            List<Double> peer = peers.get(each);
            report.add(each, new Sample(ours.getOrDefault(each, List.of())), peer == null ? null : new Sample(peer));
        }
        System.out.print(report.markdown());
        if (out != null) {
            report.write(out, "sync");
        }
        return 0;
    }

    private List<Case> chosen() {
        List<Case> chosen = new ArrayList<>();
        for (String id : cases) {
            if (!Case.ids().contains(id)) {
                throw new IllegalArgumentException("there is no case \"" + id + "\": the cases are " + Case.ids());
            }
            chosen.add(Case.valueOf(id.toUpperCase(Locale.ROOT)));
        }
        return chosen.isEmpty() ? List.of(Case.values()) : chosen;
    }
}
