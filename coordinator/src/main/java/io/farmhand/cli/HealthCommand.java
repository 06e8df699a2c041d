package io.farmhand.cli;

import io.farmhand.internal.cluster.Health;
import io.farmhand.internal.cluster.HealthDesk;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code farm health}: whether the coordinator and the workers of this host are well. */
@Command(name = "health", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = HealthCommand.DESCRIPTION,
        footer = HealthCommand.FOOTER)
final class HealthCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Asks the coordinators and workers that this user runs on this host (in this "
            + "container) how they are.";
    static final String FOOTER = """

            Exit status:
              0         there is one, and all are well: they listen, or have joined
              1         there is none, or one is not well""";

    private static final int MOST_SECONDS = 3600;

    private final Console console;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "6",
            description = "How long one may take to answer (default: 6).")
    private int seconds = 6;

    HealthCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new UsageException("--timeout must be 1 to " + MOST_SECONDS + ", not " + seconds);
        }
        List<Health> answers = HealthDesk.askAll(Duration.ofSeconds(seconds));
        for (Health answer : answers) {
            console.error().println("farm: " + (answer.isWell() ? "well: " : "not well: ") + answer.words());
        }
        if (answers.isEmpty()) {
            console.error().println("farm: this user runs no coordinator and no worker on this host");
        }
        return !answers.isEmpty() && answers.stream().allMatch(Health::isWell) ? 0 : 1;
    }
}
