package io.farmhand.internal.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Makes an {@link AotCache}, in a process of its own: has a JVM recorded while it works, has the JDK make the cache out
 * of that, and tries whether it can be used. What cannot be made leaves word of that. Only one is made at a time on a
 * host; a second process goes away at once. Stateless.
 */
public final class AotMaker {
    private static final String LOCK = "lock";
    private static final String TEMPORARY = ".tmp";
    private static final String MADE = ".aot";
    private static final String FAILED = ".failed";
    /** A cache has 30 MB or so. Fewer are made anew when somebody works with several JDKs or versions. */
    private static final int KEPT = 6;

    private AotMaker() {}

    /**
     * Makes it, unless it is there or another process is at it.
     *
     * @param name the directory and the key
     * @param jvmArgs what the JVM is started with besides what all of ours are
     * @param training runs, and ends, such a JVM with these options
     * @throws IOException when the directory cannot be written
     */
    public static void make(Path name, List<String> jvmArgs, Consumer<List<String>> training)
            throws IOException, InterruptedException {
        Path directory = Objects.requireNonNull(name.toAbsolutePath().getParent());
        keepToOwner(directory, "rwx------");
        try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            if (lock == null || made(name).stream().anyMatch(AotMaker::isWhole)) {
                return;
            }
            remove(made(name)); // what is not whole
            remove(list(directory, "*" + TEMPORARY)); // of one that was killed
            Files.deleteIfExists(failed(name));
            if (!make(name, jvmArgs, training, sibling(name, ".conf" + TEMPORARY), sibling(name, TEMPORARY))) {
                Files.createFile(failed(name));
            }
            remove(list(directory, "*" + TEMPORARY));
            removeOld(list(directory, "*" + MADE));
            removeOld(list(directory, "*" + FAILED));
        }
    }

    /** The caches of this name, of which one was made, and others may be in its place. */
    static List<Path> made(Path name) throws IOException {
        return list(Objects.requireNonNull(name.getParent()), name.getFileName() + "-*" + MADE);
    }

    /** Whether it is as long as its name says: the JVM would pass over one that is not, and start slowly without. */
    static boolean isWhole(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            return name.endsWith("-" + Files.size(file) + MADE);
        } catch (IOException e) {
            return false;
        }
    }

    private static void removeOld(List<Path> files) throws IOException {
        files.sort(Comparator.comparing(AotMaker::lastUsed).reversed());
        remove(files.subList(Math.min(KEPT, files.size()), files.size()));
    }

    /** Where it is said that a cache could not be made. */
    static Path failed(Path name) {
        return sibling(name, FAILED);
    }

    private static Path sibling(Path name, String suffix) {
        return name.resolveSibling(name.getFileName() + suffix);
    }

    private static boolean make(Path name, List<String> jvmArgs, Consumer<List<String>> training, Path recorded,
            Path made) throws IOException, InterruptedException {
        String configuration = "-XX:AOTConfiguration=" + recorded;
        String cache = "-XX:AOTCache=" + made;
        training.accept(List.of("-XX:AOTMode=record", configuration));
        if (run(jvmArgs, "-XX:AOTMode=create", configuration, cache)
                && run(jvmArgs, "-XX:AOTMode=on", cache, "-version")) {
            keepToOwner(made, "rw-------");
            Files.move(made, sibling(name, "-" + Files.size(made) + MADE), StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
        return false;
    }

    private static void keepToOwner(Path path, String permissions) throws IOException {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private static boolean run(List<String> jvmArgs, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JavaCommand.executable().toString()));
        command.addAll(JavaCommand.options(jvmArgs));
        command.addAll(jvmArgs);
        command.addAll(JavaCommand.classPath(JavaCommand.ownClassPath()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor() == 0;
    }

    private static List<Path> list(Path directory, String names) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, names)) {
            files.forEach(found::add);
        }
        return found;
    }

    private static void remove(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private static FileTime lastUsed(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            FileTime read = attributes.lastAccessTime(); // to the day, on most systems
            return read.compareTo(attributes.lastModifiedTime()) > 0 ? read : attributes.lastModifiedTime();
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
