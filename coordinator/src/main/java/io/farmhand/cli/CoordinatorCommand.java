package io.farmhand.cli;

import io.farmhand.internal.cluster.Coordinator;
import io.farmhand.internal.cluster.FarmUri;
import io.farmhand.internal.cluster.HealthDesk;
import io.farmhand.internal.security.CredentialFiles;
import io.farmhand.internal.security.Identity;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.security.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm coordinator}: what workers join and clients submit to. */
@Command(name = "coordinator", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = CoordinatorCommand.DESCRIPTION,
        footer = CoordinatorCommand.FOOTER)
final class CoordinatorCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Runs a cluster's coordinator: workers join it and leave, jobs come from clients, "
            + "several at once, and share the workers fairly.";
    static final String FOOTER = """

            SIGTERM ends it: clients learn that their jobs are lost, workers wait until it
            is there again.

            Exit status:
              0         it was told to end
              2         wrong usage, or its files cannot be used
              102       it cannot listen

            Examples:
              farm certs && farm coordinator
              farm coordinator --listen 0.0.0.0 --certs /etc/farm""";

    private final Console console;

    @Option(names = "--listen", paramLabel = "ADDRESS[:PORT]", defaultValue = "127.0.0.1",
            description = "Where it listens (default: 127.0.0.1, port 7373). 0.0.0.0 is every address of this host.")
    private String listen = "127.0.0.1";

    @Mixin
    private CertificateOptions certificates = new CertificateOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    CoordinatorCommand(Console console) {
        this.console = console;
    }

    @Override
    @SuppressWarnings("ThrowSpecificExceptions")
    public Integer call() throws Exception {
        Daemon.logLines();
        FarmUri at = certificates.listeningAt("--listen", listen);
        InetSocketAddress address = new InetSocketAddress(at.host(), at.port());
        try (Coordinator coordinator = new Coordinator(address, at.tls()
                ? Identity.read(CredentialFiles.in(at.certificates(), Role.COORDINATOR), Role.COORDINATOR)
                : null, Tokens.in(at.certificates()), store.open());
                HealthDesk _ = new HealthDesk(coordinator::health)) {
            Daemon.await(coordinator::end, coordinator.ended());
        } catch (SecuritySetupException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            console.error().println("farm: the coordinator cannot listen: " + e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause().getMessage())
                    + ". Often another one runs there, or the address is not of this host: --listen ADDRESS:PORT");
            return ExitStatus.FATAL;
        }
        return 0;
    }
}
