package io.farmhand.internal.launch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The names and places of AOT caches, and which of them may be used: {@code DIRECTORY/KEY-SIZE.aot}, or
 * {@code DIRECTORY/KEY.failed} where none could be made. A cache's <i>name</i> is its directory and its key. Stateless.
 */
public final class AotFile {
    /** Whether there are caches, and where. */
    public static final String PROPERTY = "farmhand.aot";
    /** That there are none. */
    public static final String OFF = "off";
    /** How the file of a whole cache ends. */
    public static final String MADE = ".aot";
    /** How the file ends that says that none could be made. */
    public static final String FAILED = ".failed";

    /** What may differ between the JVM that made a cache and one that uses it; all else is in the key. */
    private static final List<String> HARMLESS = Arrays.asList("-D", "-Xm", "-Xss", "-ea", "-da", "-XX:MaxRAM",
            "-XX:InitialRAM", "-XX:ActiveProcessorCount=", "-XX:MaxMetaspaceSize=", "-XX:OnOutOfMemoryError=");
    /** FNV-1a, after its authors: a digest would load the security providers. */
    private static final long HASH_START = 0xcbf29ce484222325L;
    private static final long HASH_PRIME = 0x100000001b3L;

    private AotFile() {}

    /** The user's directory of caches; null where there is to be none. */
    public static @Nullable Path directory() {
        String chosen = System.getProperty(PROPERTY, "");
        if (!chosen.isEmpty()) {
            return chosen.equals(OFF) ? null : Paths.get(chosen).toAbsolutePath();
        }
        return UserCache.directory();
    }

    /** Whether a JVM with this option can use a cache that was made without it. */
    public static boolean isHarmless(String option) {
        for (String start : HARMLESS) {
            if (option.startsWith(start)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The key for a JVM and jars as they are now. Not a secret and no proof: the JVM itself looks whether a cache is for
     * these jars and for this JVM.
     *
     * @param javaHome the JVM's directory
     * @param more whatever else it depends on
     */
    public static String key(Path javaHome, List<Path> jars, String more) {
        StringBuilder text = new StringBuilder(stamp(javaHome)).append(stamp(javaHome.resolve("release")));
        for (Path jar : jars) {
            text.append(stamp(jar));
        }
        text.append(more);
        long hash = HASH_START;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * HASH_PRIME;
        }
        return String.format("%016x", hash);
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return file + " " + attributes.size() + " " + attributes.lastModifiedTime().toMillis() + "\n";
        } catch (IOException e) {
            return file + " unreadable\n";
        }
    }

    /** The cache of a name, if there is one that is whole and nobody else's. */
    public static @Nullable Path find(Path name) {
        try {
            if (isOwn(parent(name), true)) {
                for (Path file : made(name)) {
                    if (isOwn(file, false) && isWhole(file)) {
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

    /** The caches of this name, of which one was made, and others may be in its place. */
    public static List<Path> made(Path name) {
        List<Path> found = new ArrayList<>();
        String[] files = parent(name).toFile().list();
        if (files != null) {
            for (String file : files) {
                if (file.startsWith(name.getFileName() + "-") && file.endsWith(MADE)) {
                    found.add(name.resolveSibling(file));
                }
            }
        }
        return found;
    }

    /** Whether it is as long as its name says: the JVM would pass over one that is not, and start slowly without. */
    public static boolean isWhole(Path file) {
        try {
            return String.valueOf(file.getFileName()).endsWith("-" + Files.size(file) + MADE);
        } catch (IOException e) {
            return false;
        }
    }

    /** Where it is said that a cache could not be made. */
    public static Path failed(Path name) {
        return name.resolveSibling(name.getFileName() + FAILED);
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

    private static Path parent(Path name) {
        return Objects.requireNonNull(name.toAbsolutePath().getParent());
    }
}
