package io.farmhand.internal.process;

import io.farmhand.internal.launch.AotFile;
import io.farmhand.internal.launch.CommandJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The file with what the JVM knows already of the farm's classes (JEP 483, 514 and 515), by which children start in half
 * the time. It is one of the user's caches, {@code $XDG_CACHE_HOME/farmhand/KEY-SIZE.aot}; its key is made of all that
 * it depends on. Where there is none, a process that nobody waits for makes it when the first pool is closed:
 *
 * <pre>
 *  find --> there is one of ours ------> -XX:AOTCache=...
 *    '----> none --> close of a pool --> nice java AotTraining --> AotMaker: KEY-SIZE.aot or KEY.failed
 *  a launcher finds none for the command line: says so in a property, and the same process makes that, too
 *  a worker crashes that had it -------> it is removed, and no worker of that pool has it any more
 * </pre>
 *
 * <p>The system property {@code farmhand.aot} names another directory, or is {@code off}.
 *
 * <p><b>Concurrency.</b> Immutable but for {@code distrusted}.
 */
final class AotCache {
    /** Whether and where. */
    static final String PROPERTY = AotFile.PROPERTY;

    private static final System.Logger LOG = System.getLogger(AotCache.class.getName());
    /** Named and not imported: the parts of the coordinator do not know its API. */
    private static final String TRAINING = "io.farmhand.AotTraining";
    /** Two caches of a large kind, and what they are made of. */
    private static final long ROOM_BYTES = 200L << 20;
    /**
     * What failed may be another's fault: a full disk, or a machine too busy. Shorter costs a quarter of a minute of CPU time
     * more often, longer leaves starts slow for longer.
     */
    private static final Duration RETRY = Duration.ofMinutes(10);
    private static final long WIDE_HEAP_BYTES = 32L << 30;
    /** With these the user has taken the matter into his own hands, or runs code of which we should run none unasked. */
    private static final List<String> FOREIGN = List.of("-XX:AOT", "-Xshare", "-XX:SharedArchiveFile", "-XX:Archive",
            "-XX:+AutoCreateSharedArchive", "-XX:Flags=", "-XX:VMOptionsFile=", "-agent", "-javaagent", "-Xrun", "@");
    private static final List<String> ENVIRONMENT = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
    /** One for each JVM: what one did not bring about, a second one will not. */
    private static final AtomicBoolean TRAINED = new AtomicBoolean();

    private final List<Path> farm;
    private final List<String> jvmArgs;
    private final Map<String, String> environment = new TreeMap<>();
    /** The directory and the key; null where there is to be none. */
    private final @Nullable Path name;
    private volatile boolean distrusted;

    private AotCache(@Nullable Path directory, List<Path> farm, List<String> jvmArgs, Map<String, String> users) {
        this.farm = farm;
        this.jvmArgs = jvmArgs;
        for (String name : ENVIRONMENT) {
            String value = users.getOrDefault(name, System.getenv(name));
            if (value != null) {
                environment.put(name, value);
            }
        }
        name = directory == null ? null : directory.resolve(key());
    }

    /**
     * The cache for JVMs of a kind.
     *
     * @param jvmArgs what is given about the heap, and the user's own
     * @param environment the user's own
     */
    static AotCache of(FarmClassPath classPath, List<String> jvmArgs, Map<String, String> environment) {
        List<String> relevant = new ArrayList<>(
                jvmArgs.stream().filter(arg -> !AotFile.isHarmless(arg)).toList());
        if (HeapLimit.of(jvmArgs) >= WIDE_HEAP_BYTES) {
            relevant.add("-XX:-UseCompressedOops"); // as such a JVM decides by itself
        }
        boolean ours = !classPath.farm().isEmpty()
                && relevant.stream().noneMatch(arg -> FOREIGN.stream().anyMatch(arg::startsWith));
        return new AotCache(ours ? AotFile.directory() : null, classPath.farm(), relevant, environment);
    }

    String key() {
        return AotFile.key(Path.of(System.getProperty("java.home")), farm, jvmArgs + "\n" + environment);
    }

    /** The options by which a JVM uses it; none where it is not there. Its complaints would be in the user's output. */
    List<String> options() {
        Path found = find();
        return found == null ? List.of() : CommandJvm.using(found);
    }

    private @Nullable Path find() {
        return name == null || distrusted ? null : AotFile.find(name);
    }

    /** A worker that had it has crashed: perhaps by its fault. */
    void distrust() {
        Path file = find();
        distrusted = true;
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a cache after a crash was not removed", e);
            }
        }
    }

    /**
     * Has it made, by a process of low priority that nobody waits for, where it is missing and can be made; and the
     * command line's own, if this is a command line that had none.
     */
    void train() {
        String wanted = System.getProperty(CommandJvm.WANTED);
        Path workers = name == null || distrusted || find() != null || hasFailed(name) ? null : name;
        // Both are made by one JVM, so it must have the class path of both.
        Path command = wanted == null || hasFailed(Path.of(wanted)) || !farm.equals(JavaCommand.ownClassPath())
                ? null
                : Path.of(wanted);
        Path any = workers == null ? command : workers;
        if (any == null || !TRAINED.compareAndSet(false, true)) {
            return;
        }
        try {
            Path directory = Files.createDirectories(Objects.requireNonNull(any.getParent()));
            if (Files.isWritable(directory) && directory.toFile().getUsableSpace() > ROOM_BYTES) {
                Process _ = trainer(workers, command).start();
            }
        } catch (IOException | RuntimeException | Error e) { // it is a help, and no more
            LOG.log(System.Logger.Level.DEBUG, "no AOT cache is made", e);
        }
    }

    private static boolean hasFailed(Path name) {
        try {
            return Files.getLastModifiedTime(AotFile.failed(name)).toInstant().isAfter(Instant.now().minus(RETRY));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private ProcessBuilder trainer(@Nullable Path workers, @Nullable Path command) {
        List<String> arguments = new ArrayList<>();
        Path nice = Path.of("/usr/bin/nice");
        if (Files.isExecutable(nice)) {
            arguments.addAll(List.of(nice.toString(), "-n", "19"));
        }
        arguments.addAll(List.of(JavaCommand.executable().toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Xmx64m", "-D" + PROPERTY + "=" + AotFile.OFF,
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
        arguments.addAll(JavaCommand.classPath(farm));
        arguments.add(TRAINING);
        arguments.add(Objects.toString(workers, ""));
        arguments.add(Objects.toString(command, ""));
        arguments.addAll(jvmArgs);
        ProcessBuilder builder = new ProcessBuilder(arguments)
                .redirectInput(File.separatorChar == '\\'
                        ? ProcessBuilder.Redirect.PIPE
                        : ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(new File(System.getProperty("java.io.tmpdir"))); // the user's may be removed meanwhile
        builder.environment().putAll(environment);
        return builder;
    }
}
