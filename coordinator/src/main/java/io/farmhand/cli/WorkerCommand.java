package io.farmhand.cli;

import io.farmhand.internal.cluster.Agent;
import io.farmhand.internal.cluster.AgentOptions;
import io.farmhand.internal.cluster.ClusterRefusedException;
import io.farmhand.internal.cluster.HealthDesk;
import io.farmhand.internal.cluster.Hosts;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm worker}: lends this host's cores to a cluster. */
@Command(name = "worker", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = WorkerCommand.DESCRIPTION,
        footer = WorkerCommand.FOOTER)
final class WorkerCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Lends this host's cores to a cluster: joins its coordinator, and runs clients' "
            + "functions in JVMs of their own, which it starts and ends.";
    static final String FOOTER = """

            It dials, and listens nowhere. Without a coordinator it goes on dialling; also
            when it is refused, since that may be mended there, but for what never can be:
            another version's protocol, and too many seats.

            SIGTERM ends it: what its JVMs have begun is finished within the grace period,
            the rest is given back.

            Exit status:
              0         it was told to end
              2         wrong usage, or its files cannot be used
              102       the coordinator refuses it for good

            Examples:
              farm worker --join localhost
              farm worker --join farm.example.com:7373 --certs /etc/farm -j 50%%""";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MOST_GRACE_SECONDS = 86_400;

    private final Console console;

    @Option(names = "--join", required = true, paramLabel = "HOST[:PORT]",
            description = "The coordinator; port 7373 if none is given.")
    private String join = "";

    @Mixin
    private CertificateOptions certificates = new CertificateOptions();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", defaultValue = "0", description = {
            "Workers that may run here at a time: a number; 0 or -1 for one on each core (the default), -2 for all cores "
                    + "but one, and so on; or a share of the cores, such as 50%%."},
            converter = WorkerCount.Converter.class)
    private WorkerCount jobs = new WorkerCount(1);

    @Option(names = "--name", paramLabel = "NAME", description = "What it is called in 'farm status' (default: the "
            + "host's name); a second one of that name gets a number behind it.")
    private @Nullable String name;

    @Option(names = "--grace", paramLabel = "SECONDS", defaultValue = "8",
            description = "How long workers may finish what they have begun when it is told to end (default: 8).")
    private int graceSeconds = 8;

    @Mixin
    private StoreOptions store = new StoreOptions();

    WorkerCommand(Console console) {
        this.console = console;
    }

    @Override
    @SuppressWarnings("ThrowSpecificExceptions")
    public Integer call() throws Exception {
        Daemon.logLines();
        if (graceSeconds < 0 || graceSeconds > MOST_GRACE_SECONDS) {
            throw new UsageException("--grace must be 0 to " + MOST_GRACE_SECONDS + ", not " + graceSeconds);
        }
        if (name != null && !NAME.matcher(name).matches()) {
            throw new UsageException(
                    "--name must be of letters, digits, dots, dashes and underscores, 63 at most, not '"
                            + name + "'");
        }
        AgentOptions options;
        try {
            options = new AgentOptions(certificates.at("--join", join).dialer(Role.WORKER),
                    name == null ? Hosts.ownName() : name, jobs.count());
        } catch (SecuritySetupException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        try (Agent agent = new Agent(options, store.open()); HealthDesk _ = new HealthDesk(agent::health)) {
            agent.start();
            Daemon.await(() -> agent.retire(TimeUnit.SECONDS.toNanos(graceSeconds)), agent.ended());
            return 0;
        } catch (ClusterRefusedException e) {
            console.error().println("farm: the coordinator refuses this worker: " + e.getMessage());
            return ExitStatus.FATAL;
        }
    }
}
