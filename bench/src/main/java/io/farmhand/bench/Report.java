package io.farmhand.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured, as a table; and the directory that keeps it, one JSON file for each group of cases. The table and the
 * plots there show all that the directory has, so that a run of some cases renews those and leaves the others.
 */
final class Report {
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final TypeToken<LinkedHashMap<String, Measured>> GROUP = new TypeToken<>() {};

    private Report() {}

    /** Writes the groups that were measured, and shows all that are there. */
    static void write(Path directory, Map<Case, Measured> measured) throws IOException {
        Files.createDirectories(directory);
        Map<Case, Measured> all = new LinkedHashMap<>();
        for (String group : Case.ALL.stream().map(Case::group).distinct().toList()) {
            Path file = directory.resolve(group + ".json");
            Map<String, Measured> kept = Files.exists(file)
                    ? GSON.fromJson(Files.readString(file), GROUP)
                    : new LinkedHashMap<>();
            Map<String, Measured> now = new LinkedHashMap<>();
            for (Case each : Case.ALL.stream().filter(each -> each.group().equals(group)).toList()) {
                Measured found = measured.getOrDefault(each, kept.get(each.id()));
                if (found != null) {
                    now.put(each.id(), found);
                    all.put(each, found);
                }
            }
            if (!now.isEmpty()) {
                Files.writeString(file, GSON.toJson(now) + "\n");
            }
        }
        Files.writeString(directory.resolve("README.md"), markdown(all));
        Plots.write(directory, all);
    }

    /** The tables. */
    static String markdown(Map<Case, Measured> all) {
        StringBuilder text = new StringBuilder("# What the bench measured\n\n");
        all.values().stream().map(Measured::setting).distinct().forEach(
                setting -> text.append("- ").append(setting).append('\n'));
        text.append(
                """

                        Medians of the rounds with their minimum and maximum. How many times as good Farmhand is as each of the \
                        others, and how many times it is meant to be, is in the columns after.

                        | case | work | side | median | Farmhand is | to reach | |
                        |---|---|---|---|---|---|---|
                        """);
        all.forEach((each, measured) -> {
            if (!each.group().equals(Case.SCALE)) {
                each.sides().forEach(side -> text.append(row(each, measured, side)));
            }
        });
        return text.append(scale(all)).toString();
    }

    private static String row(Case each, Measured measured, Side side) {
        Sample sample = measured.sample(side);
        if (sample == null && !measured.hasFailed(side)) {
            return "";
        }
        Sample our = measured.sample(Side.FARMHAND);
        boolean ours = side == Side.FARMHAND;
        String times = "";
        String goal = "";
        String reached = "";
        double limit = each.limit();
        double wanted = ours ? 0 : each.peers().getOrDefault(side, 0.0);
        if (ours && Double.isFinite(limit)) {
            goal = "at most " + each.unit().text(limit);
        } else if (wanted > 0) {
            goal = Unit.number(wanted) + " times";
        }
        if (sample != null && our != null) {
            double factor = each.unit().timesAsGood(our.median(), sample.median());
            times = ours ? "" : Unit.number(factor) + " times";
            if (!goal.isEmpty()) {
                reached = (ours ? our.median() <= limit : factor >= wanted) ? "yes" : "**no**";
            }
        }
        return "| %s | %s | %s | %s | %s | %s | %s |\n".formatted(ours ? "`" + each.id() + "`" : "",
                ours ? each.title() : "", side.title(), sample == null ? "failed" : sample.text(each.unit()), times,
                goal,
                reached);
    }

    /** Workers down, items across. */
    private static String scale(Map<Case, Measured> all) {
        List<Case> points = all.keySet().stream().filter(each -> each.group().equals(Case.SCALE)).toList();
        if (points.isEmpty()) {
            return "";
        }
        List<Long> sizes = points.stream().map(Case::size).distinct().sorted().toList();
        StringBuilder text = new StringBuilder("""

                `scale`: the caller's CPU time for each item of an `imap`, and the most memory that it had.

                | workers |\
                """).append(sizes.stream().map(size -> " " + size + " items |").collect(Collectors.joining()))
                .append("\n|---|").append("---|".repeat(sizes.size())).append('\n');
        points.stream().map(Case::workers).distinct().forEach(workers -> {
            text.append("| ").append(workers).append(" |");
            for (long size : sizes) {
                text.append(points.stream().filter(each -> each.workers() == workers && each.size() == size)
                        .map(each -> cell(each, all)).collect(Collectors.joining(" ", " ", " |")));
            }
            text.append('\n');
        });
        return text.toString();
    }

    private static String cell(Case each, Map<Case, Measured> all) {
        Measured measured = all.get(each);
        Sample sample = measured == null ? null : measured.sample(Side.FARMHAND);
        Sample peak = measured == null ? null : measured.peak(Side.FARMHAND);
        return sample == null || peak == null
                ? "failed"
                : each.unit().text(sample.median()) + ", " + Unit.BYTES.text(peak.median());
    }
}
