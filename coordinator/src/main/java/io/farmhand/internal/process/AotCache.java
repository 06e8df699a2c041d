package io.farmhand.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file with what the JVM knows already of the farm's classes (JEP 483, 514 and 515), by which children start in half
 * the time. It is one of the user's caches, {@code $XDG_CACHE_HOME/farmhand/KEY-SIZE.aot}; its key is made of all that
 * it depends on. Where there is none, a process that nobody waits for makes it when the first pool is closed:
 *
 * <pre>
 *  find --> there is one of ours ------> -XX:AOTCache=...
 *    '----> none --> close of a pool --> nice java AotTraining --> AotMaker: KEY-SIZE.aot or KEY.failed
 *  a worker crashes that had it -------> it is removed, and no worker of that pool has it any more
 * </pre>
 *
 * <p>The system property {@code farmhand.aot} names another directory, or is {@code off}.
 *
 * <p><b>Concurrency.</b> Immutable but for {@code distrusted}.
 */
final class AotCache {
    /** Whether and where. */
    static final String PROPERTY = "farmhand.aot";

    private static final System.Logger LOG = System.getLogger(AotCache.class.getName());
    private static final String OFF = "off";
    /** Named and not imported: the parts of the coordinator do not know its API. */
    private static final String TRAINING = "io.farmhand.AotTraining";
    /** Two caches of a large kind, and what they are made of. */
    private static final long ROOM_BYTES = 200L << 20;
    /** What failed may be another's fault: a full disk, or a machine too busy. */
    private static final Duration RETRY = Duration.ofHours(1);
    private static final long WIDE_HEAP_BYTES = 32L << 30;
    /** What may differ between the JVM that made a cache and one that uses it; all else is in the key. */
    private static final List<String> HARMLESS = List.of("-D", "-Xm", "-Xss", "-ea", "-da", "-XX:MaxRAM",
            "-XX:InitialRAM", "-XX:ActiveProcessorCount=", "-XX:MaxMetaspaceSize=", "-XX:OnOutOfMemoryError=");
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
                jvmArgs.stream().filter(arg -> HARMLESS.stream().noneMatch(arg::startsWith)).toList());
        if (HeapLimit.of(jvmArgs) >= WIDE_HEAP_BYTES) {
            relevant.add("-XX:-UseCompressedOops"); // as such a JVM decides by itself
        }
        boolean ours = !classPath.farm().isEmpty()
                && relevant.stream().noneMatch(arg -> FOREIGN.stream().anyMatch(arg::startsWith));
        return new AotCache(ours ? directory() : null, classPath.farm(), relevant, environment);
    }

    private static @Nullable Path directory() {
        String chosen = System.getProperty(PROPERTY, "");
        if (!chosen.isEmpty()) {
            return chosen.equals(OFF) ? null : Path.of(chosen).toAbsolutePath();
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        String home = System.getProperty("user.home", "");
        if (caches != null && caches.startsWith(File.separator)) { // others are to be ignored, says its specification
            return Path.of(caches, "farmhand");
        }
        return home.isEmpty() || home.equals("?") ? null : Path.of(home, ".cache", "farmhand");
    }

    /** Not a secret and no proof: the JVM itself looks whether a cache is for these jars and for this JVM. */
    String key() {
        StringBuilder text = new StringBuilder();
        for (String property : List.of("java.home", "java.vm.name", "java.vm.version", "os.arch")) {
            text.append(System.getProperty(property)).append('\n');
        }
        for (Path jar : farm) {
            text.append(jar).append('\n');
            try {
                BasicFileAttributes attributes = Files.readAttributes(jar, BasicFileAttributes.class);
                text.append(attributes.size()).append(' ').append(attributes.lastModifiedTime().toMillis());
            } catch (IOException e) {
                text.append("unreadable");
            }
            text.append('\n');
        }
        text.append(jvmArgs).append('\n').append(environment);
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        CRC32 first = new CRC32(); // a digest would load the security providers
        CRC32C second = new CRC32C();
        first.update(bytes);
        second.update(bytes);
        return "%08x%08x".formatted(first.getValue(), second.getValue());
    }

    /** The options by which a JVM uses it; none where it is not there. Its complaints would be in the user's output. */
    List<String> options() {
        Path found = find();
        return found == null ? List.of() : List.of("-XX:AOTCache=" + found, "-Xlog:aot*=off");
    }

    private @Nullable Path find() {
        if (name == null || distrusted) {
            return null;
        }
        try {
            if (isOwn(Objects.requireNonNull(name.getParent()), true)) {
                for (Path file : AotMaker.made(name)) {
                    if (isOwn(file, false) && AotMaker.isWhole(file)) {
                        return file;
                    }
                }
            }
        } catch (IOException e) {
            // There is none, or none that we may read.
            return null;
        }
        return null;
    }

    /** Whether nobody but this user can have written it: its content is as good as code. */
    private static boolean isOwn(Path path, boolean directory) throws IOException {
        if (File.separatorChar == '\\') {
            return Files.exists(path);
        }
        PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        return (directory ? attributes.isDirectory() : attributes.isRegularFile())
                && attributes.owner().getName().equals(System.getProperty("user.name"))
                && !attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
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

    /** Has it made, by a process of low priority that nobody waits for, where it is missing and can be made. */
    void train() {
        if (name == null || distrusted || find() != null || hasFailed(name) || !TRAINED.compareAndSet(false, true)) {
            return;
        }
        try {
            Path directory = Files.createDirectories(Objects.requireNonNull(name.getParent()));
            if (Files.isWritable(directory) && directory.toFile().getUsableSpace() > ROOM_BYTES) {
                Process _ = trainer(name).start();
            }
        } catch (IOException | RuntimeException | Error e) { // it is a help, and no more
            LOG.log(System.Logger.Level.DEBUG, "no AOT cache is made", e);
        }
    }

    private static boolean hasFailed(Path name) {
        try {
            return Files.getLastModifiedTime(AotMaker.failed(name)).toInstant().isAfter(Instant.now().minus(RETRY));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private ProcessBuilder trainer(Path made) {
        List<String> command = new ArrayList<>();
        Path nice = Path.of("/usr/bin/nice");
        if (Files.isExecutable(nice)) {
            command.addAll(List.of(nice.toString(), "-n", "19"));
        }
        command.addAll(List.of(JavaCommand.executable().toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Xmx64m", "-D" + PROPERTY + "=" + OFF, "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
        command.addAll(JavaCommand.classPath(farm));
        command.add(TRAINING);
        command.add(made.toString());
        command.addAll(jvmArgs);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(File.separatorChar == '\\'
                        ? ProcessBuilder.Redirect.PIPE
                        : ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(new File(System.getProperty("java.io.tmpdir"))); // the user's may be removed meanwhile
        builder.environment().putAll(environment);
        return builder;
    }
}
