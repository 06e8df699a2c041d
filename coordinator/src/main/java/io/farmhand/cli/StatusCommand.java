package io.farmhand.cli;

import com.google.gson.GsonBuilder;
import io.farmhand.internal.cluster.FarmStatus;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm status}: what a cluster is at. */
@Command(name = "status", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = StatusCommand.DESCRIPTION,
        footer = StatusCommand.FOOTER)
final class StatusCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Lists a cluster's workers, its clients with their jobs, and how fast these go.";
    static final String FOOTER = """

            Exit status:
              0         it was told
              2         wrong usage, or its files cannot be used
              102       the coordinator cannot be reached, or refuses

            Example:
              farm status --farm localhost""";

    private static final List<String> WORKERS = List.of("WORKER", "ADDRESS", "SEATS", "BUSY", "JAVA", "JOINED");
    private static final List<String> CLIENTS = List.of("CLIENT", "ADDRESS", "WORKERS", "SHARE", "WANTED", "JOBS",
            "ITEMS",
            "ITEMS/S", "CONNECTED");
    private static final int GAP = 2;

    private final Console console;

    @Option(names = "--farm", required = true, paramLabel = "HOST[:PORT]",
            description = "The coordinator of the cluster; port 7373 if none is given.")
    private String farm = "";

    @Mixin
    private CertificateOptions certificates = new CertificateOptions();

    @Option(names = "--json", description = "Print one line of JSON instead of tables.")
    private boolean json;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "10",
            description = "How long the coordinator may take to answer (default: 10).")
    private int seconds = 10;

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (seconds < 1) {
            throw new UsageException("--timeout must be 1 or more, not " + seconds);
        }
        FarmStatus status;
        try {
            status = FarmStatus.ask(certificates.at("--farm", farm).dialer(Role.CLIENT), Duration.ofSeconds(seconds));
        } catch (SecuritySetupException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            console.error().println("farm: " + e.getMessage());
            return ExitStatus.FATAL;
        }
        PrintStream out = new PrintStream(console.output(), true, StandardCharsets.UTF_8);
        if (json) {
            out.println(new GsonBuilder().create().toJson(status));
        } else {
            print(out, status);
        }
        return 0;
    }

    private static void print(PrintStream out, FarmStatus status) {
        int seats = status.workers().stream().mapToInt(FarmStatus.JoinedWorker::seats).sum();
        int busy = status.workers().stream().mapToInt(FarmStatus.JoinedWorker::busy).sum();
        double rate = status.clients().stream().mapToDouble(FarmStatus.ConnectedClient::itemsPerSecond).sum();
        out.println("up " + time(status.uptimeSeconds()) + ", " + count(status.workers().size(), "worker") + " with "
                + count(seats, "seat") + ", " + busy + " busy, " + count(status.clients().size(), "client") + ", "
                + number(rate) + " items/s");
        out.println();
        out.print(table(WORKERS, status.workers().stream()
                .map(worker -> List.of(worker.name(), worker.address(), "" + worker.seats(), "" + worker.busy(),
                        "" + worker.java(), time(worker.joinedSecondsAgo()) + " ago"))
                .toList()));
        out.println();
        out.print(table(CLIENTS, status.clients().stream()
                .map(client -> List.of(client.name(), client.address(), "" + client.workers(), "" + client.share(),
                        "" + client.wanted(), "" + client.jobs(), "" + client.itemsDone(),
                        number(client.itemsPerSecond()),
                        time(client.connectedSecondsAgo()) + " ago"))
                .toList()));
    }

    private static String table(List<String> header, List<List<String>> rows) {
        Column[] columns = IntStream.range(0, header.size())
                .mapToObj(at -> new Column(GAP + Math.max(header.get(at).length(),
                        rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0)), 0, Column.Overflow.SPAN))
                .toArray(Column[]::new);
        TextTable table = TextTable.forColumns(new ColorScheme.Builder(Ansi.OFF).build(), columns);
        table.addRowValues(header.toArray(String[]::new));
        rows.forEach(row -> table.addRowValues(row.toArray(String[]::new)));
        return Arrays.stream(table.toString().split("\n", -1)).map(String::stripTrailing)
                .reduce((one, two) -> one + "\n" + two).orElse("");
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }

    /** Such as {@code 45s}, {@code 12m} or {@code 3h05m}. */
    private static String time(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toMinutes() < 1) {
            return seconds + "s";
        }
        return time.toHours() < 1
                ? time.toMinutes() + "m"
                : "%dh%02dm".formatted(time.toHours(), time.toMinutesPart());
    }
}
