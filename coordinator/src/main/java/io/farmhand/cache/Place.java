package io.farmhand.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The directory of one result. Who writes there has the lock of its hash; others may remove all of it at any time.
 *
 * @param hash of the function and the arguments
 * @param directory by class, method and hash
 */
record Place(String hash, Path directory) {
    private static final String OUTPUT = "output.bin";
    private static final String METADATA = "metadata.json";
    /** Ends the names of files that are being written. */
    static final String DRAFT = ".draft";
    /** How often a directory may be removed while a file is put there. */
    private static final int ATTEMPTS = 100;

    /** Writes a file that is not there yet. */
    interface Writer<A> {
        A write(Path file) throws IOException;
    }

    /** The place that a directory is. */
    static Place of(Path directory) {
        Path name = directory.getFileName();
        return new Place(name == null ? "" : name.toString(), directory);
    }

    /** The result itself. */
    Path output() {
        return directory.resolve(OUTPUT);
    }

    /** Notes that the result was used now, for {@link Cleanup#reduce}. */
    void touch() {
        try {
            Files.setLastModifiedTime(output(), FileTime.from(Instant.now()));
        } catch (IOException e) {
            return; // it was dropped meanwhile, or the cache can only be read
        }
    }

    /** Puts the result there, in place of what there is; whatever a process left that was killed here is removed. */
    <A> A write(Writer<A> writer) throws IOException {
        removeDrafts();
        return put(OUTPUT, writer);
    }

    /** Puts the text for people there, if it can. */
    void describe(String json) {
        try {
            Path _ = put(METADATA, draft -> Files.write(draft, json.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            return; // the disk is full, and nobody needs it
        }
    }

    /** Removes what was being written by a process that was killed; with the lock. */
    void removeDrafts() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(DRAFT)).toList()) {
                Folders.remove(file);
            }
        } catch (NoSuchFileException e) {
            return; // all of it was removed
        }
    }

    private <A> A put(String name, Writer<A> writer) throws IOException {
        for (int attempt = 1;; attempt++) {
            // No two processes write here, where files can be locked; where not, they write to different files.
            Path draft = directory
                    .resolve(name + "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + DRAFT);
            boolean done = false;
            try {
                Folders.make(directory);
                A written = writer.write(draft);
                move(draft, directory.resolve(name));
                done = true;
                return written;
            } catch (FileAlreadyExistsException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                removeFile(e); // a file where there should be a directory
            } catch (IOException e) {
                boolean cleared = e instanceof NoSuchFileException || !Files.isDirectory(directory);
                if (attempt == ATTEMPTS || !cleared) {
                    throw e;
                }
            } finally {
                if (!done) {
                    Folders.remove(draft);
                }
            }
        }
    }

    private void removeFile(FileAlreadyExistsException failure) throws IOException {
        Path there = Path.of(failure.getFile());
        if (!directory.startsWith(there) || Files.isDirectory(there)) {
            throw failure;
        }
        Folders.remove(there);
    }

    private static void move(Path draft, Path file) throws IOException {
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            if (!Files.isDirectory(file)) {
                throw e;
            }
            Folders.remove(file); // somebody has put a directory there
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
