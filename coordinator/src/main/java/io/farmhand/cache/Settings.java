package io.farmhand.cache;

import io.farmhand.task.RemotePredicate;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Memory} was made with; see there.
 *
 * @param directory absolute
 * @param ignored sorted
 * @param expiry null for never
 * @param validIf null when nobody is asked
 * @param compression 0 for none, or zlib's level
 */
record Settings(String directory, List<String> ignored, @Nullable Duration expiry,
        @Nullable RemotePredicate<? super CacheEntry> validIf, int compression) implements Serializable {
    /** What is ours in the directory, so that a directory with other things in it can be cleared of results. */
    private static final String OURS = "farmhand";

    /** What results are in. */
    Path root() {
        return Path.of(directory, OURS);
    }

    /** Whether a result may be given. */
    boolean accepts(CacheEntry entry) throws Exception {
        if (expiry != null && Duration.between(entry.storedAt(), Instant.now()).compareTo(expiry) >= 0) {
            return false;
        }
        return validIf == null || validIf.test(entry);
    }
}
