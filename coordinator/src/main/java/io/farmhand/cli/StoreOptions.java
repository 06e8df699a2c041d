package io.farmhand.cli;

import io.farmhand.internal.code.JarStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where jars that come from clients are kept. */
final class StoreOptions {
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,8})([kmgt])", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";
    private static final int UNIT_BITS = 10;

    @Option(names = "--store", paramLabel = "DIR",
            description = "Where clients' jars are kept (default: jars in the user's cache directory).")
    private @Nullable Path directory;

    @Option(names = "--store-size", paramLabel = "SIZE", defaultValue = "2g",
            description = "How long they may be together (default: 2g); those that were not used for longest go first.")
    private String size = "2g";

    JarStore open() {
        Path place = directory == null ? JarStore.usualDirectory() : directory;
        if (place.toString().isEmpty()) {
            throw new UsageException("--store must be a directory, not ''");
        }
        try {
            return JarStore.open(place, bytes());
        } catch (IOException e) {
            throw new UsageException("--store: jars cannot be kept: directory=" + place + ": " + e
                    + ". Name another directory, which this user may write");
        }
    }

    private long bytes() {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new UsageException("--store-size must be a size such as 500m or 2g, not '" + size + "'");
        }
        int unit = UNITS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
        return Long.parseLong(matcher.group(1)) << (unit * UNIT_BITS);
    }
}
