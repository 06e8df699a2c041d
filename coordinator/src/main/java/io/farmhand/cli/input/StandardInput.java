package io.farmhand.cli.input;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Refuses a standard input that nobody can have meant, before it is read. */
final class StandardInput {
    /** Where Linux tells what a descriptor is. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    /** What JVMs open first: those since 9, and older ones, which only start another. */
    private static final Set<Path> FIRST_OPENED = Set.of(Path.of("lib", "modules"), Path.of("lib", "rt.jar"));

    private StandardInput() {}

    /**
     * Looks at it, where it is this process's and the system tells of it.
     *
     * @throws IOException when it is a directory, or closed, with a message for people
     */
    static void check(InputStream standard) throws IOException {
        if (!(standard instanceof FileInputStream file) || file.getFD() != FileDescriptor.in
                || !Files.isDirectory(DESCRIPTORS)) {
            return;
        }
        Path descriptor = DESCRIPTORS.resolve("0");
        if (!Files.isSymbolicLink(descriptor) || isOfTheJvm(Files.readSymbolicLink(descriptor))) {
            throw new IOException("standard input is closed: name the inputs, or give an empty one with < /dev/null");
        }
        if (Files.isDirectory(descriptor)) {
            throw new IOException("standard input is a directory: name the files in it, such as "
                    + Files.readSymbolicLink(descriptor) + "/*");
        }
    }

    /** Where it was closed, the JVM's own first file has got its number, and would be read as data. */
    static boolean isOfTheJvm(Path target) {
        return FIRST_OPENED.stream().anyMatch(target::endsWith);
    }
}
