package io.farmhand.cli;

import io.farmhand.internal.authority.CertificateDirectory;
import io.farmhand.internal.authority.HostName;
import io.farmhand.internal.hint.NearestName;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code farm certs}: makes the certificates, keys and tokens by which the parties of a cluster know each other. */
@Command(name = "certs", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = CertsCommand.DESCRIPTION,
        footer = CertsCommand.FOOTER)
final class CertsCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Makes a private CA and, for a cluster's coordinator, workers and clients, "
            + "certificates, keys and tokens.";
    static final String FOOTER = """

            Files:
              ca.pem                   the CA's certificate; every party needs it
              ca.key                   the CA's key; only 'farm certs --add' needs it
              coordinator.pem, .key    the coordinator needs these and both tokens
              worker.pem, .key         a worker needs these and worker.token
              client.pem, .key         a client needs these and client.token

            Keys and tokens are for their owner alone (mode 0600). Whoever has ca.key can
            let in whom he likes: take it to a place that is offline.

            Exit status:
              0         all was made
              2         wrong usage, or files would be overwritten; nothing was changed
              102       something failed

            Examples:
              farm certs --host farm.example.com --host 10.0.0.5
              farm certs --add worker --name rack7
              farm certs --add worker --overwrite        a new certificate for the old one""";

    private static final List<String> DEFAULT_HOSTS = List.of("localhost", "127.0.0.1", "::1", "coordinator");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MAX_DAYS = 36500;

    private final Console console;

    @Option(names = {"-d", "--directory"}, paramLabel = "DIR", defaultValue = "certs",
            description = "Where the files are made (default: certs).")
    private Path directory = Path.of("certs");

    @Option(names = "--host", paramLabel = "NAME|IP", description = "A name or address at which the coordinator is "
            + "reached, besides localhost, 127.0.0.1, ::1 and coordinator. Repeatable.")
    private List<String> hosts = new ArrayList<>();

    @Option(names = "--days", paramLabel = "N", defaultValue = "365",
            description = "How long the certificates are valid (default: 365). The CA's own is for ten years or longer.")
    private int days = 365;

    @Option(names = "--add", paramLabel = "ROLE",
            description = "Make one more certificate of the CA that is there: for a worker, a client or a coordinator.")
    private @Nullable String add;

    @Option(names = "--name", paramLabel = "NAME", description = "The name of what is added, such as rack7; its files "
            + "are then worker-rack7.pem and worker-rack7.key, and the coordinator's log has the name.")
    private @Nullable String name;

    @Option(names = "--overwrite", description = "Replace files that are there.")
    private boolean overwrite;

    CertsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Optional<Role> role = role();
        check(role);
        CertificateDirectory certificates = new CertificateDirectory(directory, overwrite, InstantSource.system(),
                new SecureRandom());
        PrintStream out = new PrintStream(console.output(), true, StandardCharsets.UTF_8);
        try {
            if (role.isPresent()) {
                String partyName = name == null ? role.get().label() : name;
                certificates.add(role.get(), partyName, role.get() == Role.COORDINATOR ? hostNames() : List.of(),
                        Duration.ofDays(days)).forEach(out::println);
            } else {
                certificates.create(hostNames(), Duration.ofDays(days)).forEach(out::println);
                console.error().println("farm: take " + directory.resolve(CertificateDirectory.AUTHORITY_KEY)
                        + " to a place that is offline: only 'farm certs --add' needs it, and whoever has it can let in "
                        + "whom he likes");
            }
        } catch (SecuritySetupException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return 0;
    }

    private Optional<Role> role() {
        String wanted = add;
        if (wanted == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Role.values()).filter(role -> role.label().equals(wanted)).findFirst()
                .orElseThrow(() -> new UsageException("--add takes worker, client or coordinator, not '" + wanted + "'"
                        + NearestName.of(wanted, Stream.of(Role.values()).map(Role::label))
                                .map(near -> "; did you mean " + near + "?").orElse(""))));
    }

    private void check(Optional<Role> role) {
        if (days < 1 || days > MAX_DAYS) {
            throw new UsageException("--days must be 1 to " + MAX_DAYS + ", not " + days);
        }
        if (name != null && role.isEmpty()) {
            throw new UsageException("--name is for what is added: say --add worker, client or coordinator, too");
        }
        if (name != null && !NAME.matcher(name).matches()) {
            throw new UsageException(
                    "--name must be of letters, digits, dots, dashes and underscores, 63 at most, not '"
                            + name + "'");
        }
        if (!hosts.isEmpty() && role.isPresent() && role.get() != Role.COORDINATOR) {
            throw new UsageException("--host is for a coordinator: nobody dials a " + role.get().label());
        }
    }

    private List<HostName> hostNames() {
        Set<HostName> names = new LinkedHashSet<>();
        try {
            Stream.concat(DEFAULT_HOSTS.stream(), hosts.stream()).map(HostName::parse).forEach(names::add);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--host: " + e.getMessage());
        }
        return List.copyOf(names);
    }
}
