package io.farmhand.cli;

import io.farmhand.internal.code.JarStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where jars that come from clients are kept. */
final class StoreOptions {
    @Option(names = "--store", paramLabel = "DIR",
            description = "Where clients' jars are kept (default: jars in the user's cache directory).")
    private @Nullable Path directory;

    @Option(names = "--store-size", paramLabel = "SIZE", defaultValue = "2g",
            converter = SizeConverter.class,
            description = "How long they may be together (default: 2g); those that were not used for longest go first.")
    private long sizeBytes;

    JarStore open() {
        Path place = directory == null ? JarStore.usualDirectory() : directory;
        if (place.toString().isEmpty()) {
            throw new UsageException("--store must be a directory, not ''");
        }
        try {
            return JarStore.open(place, sizeBytes);
        } catch (IOException e) {
            throw new UsageException("--store: jars cannot be kept: directory=" + place + ": " + e
                    + ". Name another directory, which this user may write");
        }
    }
}
