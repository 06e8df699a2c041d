package io.farmhand.bench;

import io.farmhand.examples.Series;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the sides of a case, each in a process of its own, one at a time. */
final class Sides implements AutoCloseable {
    private static final long LIMIT_MINUTES = 15;
    private static final String HELLO = "hello";
    private static final String INPUT = "input";
    private static final String CACHES = "aot";
    /** The workers' and the command line's. */
    private static final int ALL_CACHES = 2;
    private static final int LINES = 10;
    /** {@code java -jar coordinator.jar map} in Python. */
    private static final String HELLO_JOBLIB = """
            import sys; from joblib import Parallel, delayed
            print(*Parallel(2)(delayed(abs)(int(line)) for line in sys.stdin), sep="\\n")""";
    private static final String HELLO_FORK = """
            import sys; from multiprocessing import Pool
            with Pool(2) as pool: print(*pool.map(abs, [int(line) for line in sys.stdin]), sep="\\n")""";

    private final Optional<Python> python;
    private final boolean quick;
    private final Path directory;
    private final Thread hook = new Thread(this::remove, "bench-cleanup");
    private volatile @Nullable Process running;

    private Sides(Optional<Python> python, boolean quick, Path directory) {
        this.python = python;
        this.quick = quick;
        this.directory = directory;
    }

    /** Writes Python's script, and the lines for {@code hello}, to a directory of its own. */
    static Sides open(Optional<Python> python, boolean quick) throws IOException {
        Path directory = Files.createTempDirectory("farmhand-bench-");
        try (InputStream in = Sides.class.getResourceAsStream("peers.py")) {
            Files.write(directory.resolve("peers.py"),
                    Objects.requireNonNull(in, "peers.py is not on the class path").readAllBytes());
        }
        Files.write(directory.resolve(INPUT), IntStream.range(0, LINES).mapToObj(i -> Integer.toString(-i)).toList());
        Sides sides = new Sides(python, quick, directory);
        Runtime.getRuntime().addShutdownHook(sides.hook);
        return sides;
    }

    /** Why a side cannot be measured, if it cannot. */
    Optional<String> missing(Case measured, Side side) {
        if (side.isPython()) {
            if (python.isEmpty()) {
                return Optional.of("there is no Python");
            }
            return Stream.of(measured.module(), side == Side.JOBLIB ? "joblib" : "")
                    .filter(module -> !module.isEmpty() && !python.get().modules().contains(module)).findFirst()
                    .map(module -> python.get().path() + " has no " + module);
        }
        return measured.id().equals(HELLO) && coordinatorJar().isEmpty()
                ? Optional.of("coordinator.jar is not on the class path")
                : Optional.empty();
    }

    /** Measures one side once. */
    Outcome run(Case measured, Side side) throws IOException, InterruptedException {
        Load load = new Load(measured.work(), side, measured.workers(), measured.size(),
                new Stopwatch(quick ? 0.05 : 2), directory);
        if (measured.work().equals("describe")) {
            writeFiles(load);
        }
        if (measured.id().equals(HELLO) && !load.side().isPython() && !quick) {
            makeCaches(command(measured, load));
        }
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command(measured, load))
                .redirectInput(directory.resolve(INPUT).toFile())
                .redirectOutput(output.toFile()).redirectError(Redirect.INHERIT);
        long start = System.nanoTime();
        Process process = builder.start();
        running = process;
        try {
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            double seconds = (System.nanoTime() - start) / 1e9;
            String printed = Files.readString(output);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(
                        (ended ? "exitCode=" + process.exitValue() : "took over " + LIMIT_MINUTES + " min")
                                + " printed=\"" + printed.strip() + "\"");
            }
            if (measured.id().equals(HELLO)) {
                return new Outcome(seconds, 0, printed.strip().replaceAll("\\R", " "));
            }
            Outcome outcome = Outcome.parse(printed);
            return measured.whole() ? new Outcome(seconds, outcome.peakBytes(), outcome.digest()) : outcome;
        } finally {
            kill(process);
        }
    }

    /** Runs the command once if need be, and waits for the AOT caches that such a run has made in the background. */
    private void makeCaches(List<String> command) throws IOException, InterruptedException {
        Path caches = Files.createDirectories(directory.resolve(CACHES));
        try (WatchService watch = caches.getFileSystem().newWatchService()) {
            caches.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            if (made(caches) == 0) {
                new ProcessBuilder(command).redirectInput(directory.resolve(INPUT).toFile())
                        .redirectOutput(Redirect.DISCARD).redirectError(Redirect.INHERIT).start().waitFor();
            }
            while (made(caches) < ALL_CACHES) {
                WatchKey key = watch.poll(LIMIT_MINUTES, TimeUnit.MINUTES);
                if (key == null) {
                    throw new IOException("no AOT caches in " + caches + " after " + LIMIT_MINUTES + " min");
                }
                key.reset();
            }
        }
    }

    private static long made(Path caches) throws IOException {
        try (Stream<Path> files = Files.list(caches)) {
            return files.filter(file -> file.toString().matches(".*\\.(aot|failed)")).count();
        }
    }

    private List<String> command(Case measured, Load load) {
        List<String> command = new ArrayList<>();
        if (load.side().isPython()) {
            command.add(python.orElseThrow().path());
            if (measured.id().equals(HELLO)) {
                command.addAll(List.of("-c", load.side() == Side.JOBLIB ? HELLO_JOBLIB : HELLO_FORK));
                return command;
            }
            command.add(directory.resolve("peers.py").toString());
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            if (measured.id().equals(HELLO)) {
                command.addAll(
                        List.of("-Dfarmhand.aot=" + directory.resolve(CACHES), "-jar", coordinatorJar().orElseThrow(),
                                "map", "-j", "2", "java.lang.Math::abs"));
                return command;
            }
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
            command.addAll(measured.jvmArgs());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), JavaSide.class.getName()));
        }
        command.addAll(load.arguments());
        return command;
    }

    private static Optional<String> coordinatorJar() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Path.of(entry).endsWith("coordinator.jar")).findFirst();
    }

    private static void writeFiles(Load load) {
        Work.files(load).parallelStream().filter(Files::notExists).forEach(file -> {
            try {
                Series.write(load.directory(), file.getFileName().toString().replace(".csv", ""));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void remove() {
        Process process = running;
        if (process != null) {
            kill(process);
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: could not remove " + directory + ": " + e + ". Remove it by hand.");
        }
    }

    @Override
    public void close() {
        if (Files.exists(directory)) {
            remove();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
