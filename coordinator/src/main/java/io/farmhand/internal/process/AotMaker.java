package io.farmhand.internal.process;

import io.farmhand.internal.launch.AotFile;
import io.farmhand.internal.launch.CommandJvm;
import java.io.BufferedWriter;
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

/**
 * Makes an {@link AotCache}, in a process of its own: has a JVM recorded while it works, has the JDK make the cache out
 * of that, and tries whether it can be used. What cannot be made leaves a file with what the JDK said of it. Only one is
 * made at a time on a host; a second process goes away at once. Stateless.
 */
public final class AotMaker {
    private static final String LOCK = "lock";
    private static final String TEMPORARY = ".tmp";
    /** A cache has 30 MB or so. Fewer are made anew when somebody works with several JDKs or versions. */
    private static final int KEPT = 8;
    private static final List<String> COMMAND = List.of(CommandJvm.MAIN, "map", "-j", "1", "java.lang.Math::abs");
    /** So many that a window of results is full, and so few that the next run does not compile what only many need. */
    private static final int LINES = 200;

    private AotMaker() {}

    /** Runs the JVM that is recorded, to its end. */
    @FunctionalInterface
    public interface Training {
        /**
         * Runs it.
         *
         * @param options to be added to that JVM's own
         */
        void run(List<String> options) throws IOException, InterruptedException;
    }

    /**
     * Makes it, unless it is there or another process is at it.
     *
     * @param name the directory and the key
     * @param jvmArgs what the JVM is started with besides what all of ours are
     * @param training runs, and ends, such a JVM
     * @throws IOException when the directory cannot be written
     */
    public static void make(Path name, List<String> jvmArgs, Training training)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(JavaCommand.options(jvmArgs));
        options.addAll(jvmArgs);
        makeOne(name, options, training);
    }

    /** Makes that of the command line's own JVM, out of a run of the command line. */
    public static void makeForCommand(Path name) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(CommandJvm.options());
        makeOne(name, options, recording -> {
            List<String> recorded = new ArrayList<>(options);
            recorded.addAll(recording);
            recorded.add("-D" + AotFile.PROPERTY + "=" + name.getParent());
            recorded.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
            Process process = start(recorded, COMMAND, ProcessBuilder.Redirect.DISCARD);
            try (BufferedWriter lines = process.outputWriter()) {
                for (int i = 0; i < LINES; i++) {
                    lines.write(i + "\n");
                }
                lines.write("a failure, which is told\n");
            }
            process.waitFor();
        });
    }

    private static void makeOne(Path name, List<String> options, Training training)
            throws IOException, InterruptedException {
        Path directory = Objects.requireNonNull(name.toAbsolutePath().getParent());
        keepToOwner(directory, "rwx------");
        try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            if (lock == null || AotFile.made(name).stream().anyMatch(AotFile::isWhole)) {
                return;
            }
            remove(AotFile.made(name)); // what is not whole
            remove(list(directory, "*" + TEMPORARY)); // of one that was killed
            Files.deleteIfExists(AotFile.failed(name));
            Path said = Files.createFile(sibling(name, ".log" + TEMPORARY));
            if (!make(name, options, training, said)) {
                Files.move(said, AotFile.failed(name));
            }
            remove(list(directory, "*" + TEMPORARY));
            removeOld(list(directory, "*" + AotFile.MADE));
            removeOld(list(directory, "*" + AotFile.FAILED));
        }
    }

    private static void removeOld(List<Path> files) throws IOException {
        files.sort(Comparator.comparing(AotMaker::lastUsed).reversed());
        remove(files.subList(Math.min(KEPT, files.size()), files.size()));
    }

    private static Path sibling(Path name, String suffix) {
        return name.resolveSibling(name.getFileName() + suffix);
    }

    private static boolean make(Path name, List<String> options, Training training, Path said)
            throws IOException, InterruptedException {
        Path recorded = sibling(name, ".conf" + TEMPORARY);
        Path made = sibling(name, TEMPORARY);
        String configuration = "-XX:AOTConfiguration=" + recorded;
        String cache = "-XX:AOTCache=" + made;
        training.run(List.of("-XX:AOTMode=record", configuration));
        if (run(said, options, "-XX:AOTMode=create", configuration, cache)
                && run(said, options, "-XX:AOTMode=on", cache, "-version")) {
            keepToOwner(made, "rw-------");
            Files.move(made, sibling(name, "-" + Files.size(made) + AotFile.MADE), StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
        return false;
    }

    private static void keepToOwner(Path path, String permissions) throws IOException {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private static boolean run(Path said, List<String> options, String... more)
            throws IOException, InterruptedException {
        return start(options, List.of(more), ProcessBuilder.Redirect.appendTo(said.toFile())).waitFor() == 0;
    }

    private static Process start(List<String> options, List<String> more, ProcessBuilder.Redirect output)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(JavaCommand.executable().toString()));
        command.addAll(options);
        command.addAll(JavaCommand.classPath(JavaCommand.ownClassPath()));
        command.addAll(more);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
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
