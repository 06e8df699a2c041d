package io.farmhand.internal.code;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * By what it is seen that a file was written since.
 *
 * @param sizeBytes how long it is
 * @param modified when it was written last
 * @param key what the file system calls it, where it tells: another file of the same name has another one
 */
record Stamp(long sizeBytes, FileTime modified, @Nullable Object key) {
    /** As long as some file systems take to tell a later time. */
    private static final Duration TICK = Duration.ofSeconds(2);

    static Stamp of(Path file) throws IOException {
        return of(Files.readAttributes(file, BasicFileAttributes.class));
    }

    static Stamp of(BasicFileAttributes attributes) {
        return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }

    /** Whether it was written so lately that it may be written again and have the same stamp. */
    boolean isFresh() {
        return modified.toInstant().isAfter(Instant.now().minus(TICK));
    }
}
