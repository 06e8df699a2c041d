package io.farmhand.cache;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Drops results, while others look them up and add more. Stateless. */
final class Cleanup {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /**
     * A result that is there.
     *
     * @param sizeBytes of all of its files
     * @param used when it was used last; null if there is no result in it
     * @param hasDrafts whether something is being written there, or a killed process has left it
     */
    private record Kept(Path directory, long sizeBytes, @Nullable Instant used, boolean hasDrafts) {}

    private Cleanup() {}

    /** Drops all that is in a directory, but for the file of the locks. */
    static void clear(Path directory) throws IOException {
        for (Path each : list(directory)) {
            if (Files.isDirectory(each)) {
                Folders.remove(each);
            }
        }
    }

    /** Drops the least recently used until the limits are kept; how many that were. */
    static long reduce(Path root, CacheLimits limits) throws IOException {
        List<Kept> all = new ArrayList<>();
        for (Path type : list(root)) {
            for (Path method : list(type)) {
                for (Path entry : list(method)) {
                    if (HASH.matcher(entry.getFileName().toString()).matches()) {
                        add(all, root, kept(entry));
                    }
                }
            }
        }
        long dropped = drop(all, limits);
        for (Path type : list(root)) {
            for (Path method : list(type)) {
                removeIfEmpty(method);
            }
            removeIfEmpty(type);
        }
        return dropped;
    }

    private static void add(List<Kept> all, Path root, Kept kept) throws IOException {
        if (kept.used() != null) {
            all.add(kept);
        }
        if (kept.used() != null && !kept.hasDrafts()) {
            return;
        }
        // Somebody computes it, or was killed.
        Place place = Place.of(kept.directory());
        try (KeyLocks.Held held = KeyLocks.tryLock(root, place.hash())) {
            if (held != null && Files.isRegularFile(place.output())) {
                place.removeDrafts();
            } else if (held != null) {
                Folders.remove(kept.directory());
            }
        }
    }

    private static void removeIfEmpty(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            Folders.removeIfEmpty(directory);
        }
    }

    private static long drop(List<Kept> all, CacheLimits limits) throws IOException {
        all.sort(Comparator.comparing(each -> each.used() == null ? Instant.MIN : each.used()));
        long bytes = all.stream().mapToLong(Kept::sizeBytes).sum();
        long items = all.size();
        Duration age = limits.age();
        Instant now = Instant.now();
        long dropped = 0;
        for (Kept kept : all) {
            boolean isOld = age != null && kept.used() != null
                    && Duration.between(kept.used(), now).compareTo(age) > 0;
            if (bytes <= limits.bytes() && items <= limits.items() && !isOld) {
                break;
            }
            Folders.remove(kept.directory());
            bytes -= kept.sizeBytes();
            items--;
            dropped++;
        }
        return dropped;
    }

    private static Kept kept(Path directory) throws IOException {
        Path output = Place.of(directory).output();
        long[] size = {0};
        Instant[] used = {null};
        boolean[] hasDrafts = {false};
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    size[0] += attributes.size();
                    hasDrafts[0] |= file.toString().endsWith(Place.DRAFT);
                    if (file.equals(output)) {
                        used[0] = attributes.lastModifiedTime().toInstant();
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE; // somebody else removes it
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            return new Kept(directory, 0, null, false);
        }
        return new Kept(directory, size[0], used[0], hasDrafts[0]);
    }

    /** What is in a directory; nothing if there is none. */
    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }
}
