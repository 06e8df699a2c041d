package io.farmhand.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run measured, as a Markdown table and as JSON. */
final class Report {
    private final Map<Case, Sample> ours = new LinkedHashMap<>();
    private final Map<Case, Sample> peers = new LinkedHashMap<>();

    /** Notes what a case took; the peer may be missing. */
    void add(Case measured, Sample our, @Nullable Sample peer) {
        ours.put(measured, our);
        if (peer != null) {
            peers.put(measured, peer);
        }
    }

    /** One row for each case: medians with minimum and maximum, and how many times as fast as the peer. */
    String markdown() {
        StringBuilder table = new StringBuilder("""
                | case | work | Farmhand | Python | times as fast | goal |
                |---|---|---|---|---|---|
                """);
        ours.forEach((measured, our) -> {
            Sample peer = peers.get(measured);
            table.append("| `%s` | %s | %s | %s | %s | %s |%n".formatted(measured.id(), measured.work(), text(our),
                    peer == null ? "-" : text(peer),
                    peer == null ? "-" : number(peer.median() / our.median()),
                    measured.goal() == 0 ? "-" : number(measured.goal())));
        });
        return table.toString();
    }

    private static String text(Sample sample) {
        return "%s (%s to %s)".formatted(time(sample.median()), time(sample.min()), time(sample.max()));
    }

    private static String time(double nanos) {
        if (nanos < 1e3) {
            return number(nanos) + " ns";
        }
        return nanos < 1e6 ? number(nanos / 1e3) + " µs" : number(nanos / 1e6) + " ms";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }

    /** Writes {@code NAME.md} and {@code NAME.json}; the latter has each round. */
    void write(Path directory, String name) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name + ".md"), markdown());
        Map<String, Map<String, List<Double>>> rounds = new LinkedHashMap<>();
        ours.forEach((measured, our) -> {
            Map<String, List<Double>> sides = new LinkedHashMap<>();
            sides.put("farmhandNanos", our.rounds());
            Sample peer = peers.get(measured);
            if (peer != null) {
                sides.put("pythonNanos", peer.rounds());
            }
            rounds.put(measured.id(), sides);
        });
        Files.writeString(directory.resolve(name + ".json"),
                new GsonBuilder().setPrettyPrinting().create().toJson(rounds) + System.lineSeparator());
    }
}
