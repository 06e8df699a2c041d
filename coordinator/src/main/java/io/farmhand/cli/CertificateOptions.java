package io.farmhand.cli;

import io.farmhand.internal.cluster.FarmUri;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a party of a cluster proves itself. */
final class CertificateOptions {
    @Option(names = "--certs", paramLabel = "DIR",
            description = "The directory of the files that 'farm certs' has made "
                    + "(default: that of the variable FARM_CERTS, or certs).")
    private @Nullable Path directory;

    @Option(names = "--plain-text", description = "No TLS; on this host only. Tokens are still needed.")
    private boolean plainText;

    /** The coordinator at an address that was given as an option's value. */
    FarmUri at(String option, String address) {
        return at(option, address, FarmUri::parse);
    }

    /** Where a coordinator is to listen, as that was given as an option's value. */
    FarmUri listeningAt(String option, String address) {
        return at(option, address, FarmUri::listening);
    }

    private FarmUri at(String option, String address, Function<String, FarmUri> parser) {
        try {
            FarmUri given = parser.apply(address);
            return new FarmUri(given.host(), given.port(), directory == null ? given.certificates() : directory,
                    given.tls() && !plainText);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }
}
