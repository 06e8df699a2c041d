package io.farmhand.cli;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.internal.cluster.JoinedBackend;
import io.farmhand.internal.security.SecuritySetupException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm submit}: as {@link MapCommand}, in the workers of a cluster. */
@Command(name = "submit", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = SubmitCommand.DESCRIPTION,
        footer = SubmitCommand.FOOTER)
final class SubmitCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Maps a static method over inputs in the workers of a cluster and prints the "
            + "results, one a line, in the order of the inputs, as they come. The jars travel to the workers.";
    static final String FOOTER = MapWork.FOOTER + """
            A Path or File is one of the worker's host. When this process ends, however it
            ends, its workers are ended, too.

            Examples:
              farm submit --farm localhost --jar my.jar com.acme.Score::line < in.txt
              farm submit --farm farm.example.com:7373 --certs ~/farm-certs -j 8 \\
                  --jar my.jar:lib.jar com.acme.Score::line a b c""";

    private final Console console;

    @Option(names = "--farm", required = true, paramLabel = "HOST[:PORT]",
            description = "The coordinator of the cluster; port 7373 if none is given.")
    private String farm = "";

    @Mixin
    private CertificateOptions certificates = new CertificateOptions();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", defaultValue = "0",
            description = "Workers at most; 0 for as many as the cluster gives (the default).")
    private int jobs;

    @Mixin
    private MapWork work = new MapWork();

    SubmitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (jobs < 0) {
            throw new UsageException("-j must be 0 or more, not " + jobs);
        }
        int most = work.givenInputs() == 0 ? Integer.MAX_VALUE : work.givenInputs();
        int workers = Math.min(jobs == 0 ? Integer.MAX_VALUE : jobs, most);
        PoolBuilder builder = Pool.builder();
        try {
            builder.backend(JoinedBackend.to(certificates.at("--farm", farm)));
        } catch (SecuritySetupException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        return work.run(console, builder, workers, false);
    }
}
