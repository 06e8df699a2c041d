package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this JVM holds of the system at a moment.
 *
 * @param processes the running ones below this one; a zombie does not run
 * @param directories those of this JVM's farms, and the files of its {@code JvmProcess}es
 * @param threads those that are named {@code farm-}, and their ids
 * @param descriptors what is open and is not a jar, and how often
 */
record Belongings(Set<Long> processes, Set<String> directories, Set<String> threads, Map<String, Long> descriptors) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PROCESSES = "processes";
    private static final List<String> CACHE_MAKERS = List.of("io.farmhand.AotTraining",
            "io.farmhand.internal.process.AotMaker");
    /**
     * What the JDK opens once and keeps (four, and as many to poll for virtual threads), and what a JVM that shares
     * something has: a selector of two, its door, and another selector that watches sockets; and the leases of two
     * directories that it keeps.
     */
    private static final int FEW_DESCRIPTORS = 8 + 3 + 2 + 2;
    /** Threads that live while they have something to do: they may be there before, and must not be after. */
    private static final Pattern PASSING = Pattern.compile("farm-(listener|log) .*");

    /** Threads which a JVM has once it shares something: to its end, or for a minute after they had something to do. */
    private static final Pattern LASTING = Pattern.compile("farm-(lines|cleaner|proxies|watch|objects|sleeper-\\d+)");

    static Belongings now() {
        Set<String> threads = threadsNow();
        threads.removeIf(PASSING.asMatchPredicate());
        return new Belongings(processesNow(), directoriesNow(), threads, descriptorsNow());
    }

    /** The same, with the processes and threads that there were at another moment. */
    Belongings withWorkersOf(Belongings other) {
        return new Belongings(other.processes, directories, other.threads, descriptors);
    }

    /**
     * Waits until nothing is there but this, and of processes and directories all this.
     *
     * @param otherProcesses whether as many other processes will do
     */
    void awaitRestored(boolean otherProcesses) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            if (otherProcesses) {
                assertThat(described(processesNow())).as("processes").hasSameSizeAs(processes);
            } else {
                assertThat(processesNow()).as("processes %s", described(processesNow())).isEqualTo(processes);
            }
            assertThat(directoriesNow()).as("directories of farms").isEqualTo(directories);
            // One that watched a process of an earlier test may have been there still.
            if (!otherProcesses) {
                assertThat(threadsNow()).as("threads").isSubsetOf(threads);
            }
            assertThat(threadsNow()).as("threads").hasSizeLessThanOrEqualTo(threads.size());
            Map<String, Long> open = descriptorsNow();
            assertThat(total(open)).as("descriptors: before %s, now %s", descriptors, open)
                    .isLessThanOrEqualTo(total(descriptors) + FEW_DESCRIPTORS);
        });
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Set<Long> processesNow() {
        return ProcessHandle.current().descendants().filter(handle -> !isMakingCaches(handle)).map(ProcessHandle::pid)
                .filter(Workers::isRunning).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where tests run with AOT caches, these are made in the background, by processes that outlive the pools. */
    private static boolean isMakingCaches(ProcessHandle handle) {
        Optional<ProcessHandle> each = Optional.of(handle);
        while (each.isPresent()) {
            if (Workers.commandLine(each.get().pid()).stream().anyMatch(CACHE_MAKERS::contains)) {
                return true;
            }
            each = each.get().parent();
        }
        return false;
    }

    private static List<String> described(Set<Long> pids) {
        return pids.stream().map(pid -> pid + " " + Workers.commandLine(pid)).toList();
    }

    private static Set<String> directoriesNow() {
        Set<String> names = new TreeSet<>();
        String ours = "farmhand-" + ProcessHandle.current().pid() + "-*";
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")),
                ours)) {
            for (Path directory : found) {
                // This JVM keeps the one for its processes' files, which must not stay.
                if (Files.isDirectory(directory.resolve(PROCESSES))) {
                    names.addAll(filesIn(directory.resolve(PROCESSES)));
                } else {
                    names.add(directory.getFileName().toString());
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::toString).toList();
        }
    }

    private static Set<String> threadsNow() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("farm-"))
                .filter(thread -> !LASTING.matcher(thread.getName()).matches())
                .map(thread -> thread.getName() + " #" + thread.threadId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Long> descriptorsNow() {
        Map<String, Long> counts = new HashMap<>();
        List<Path> links = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            found.forEach(links::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path link : links) {
            String target = target(link);
            if (!target.isEmpty() && !target.endsWith(".jar")) {
                counts.merge(target.replaceFirst(":\\[\\d+]$", ""), 1L, Long::sum);
            }
        }
        return counts;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile, as that of the listing itself
        }
    }
}
