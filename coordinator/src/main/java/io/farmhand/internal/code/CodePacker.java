package io.farmhand.internal.code;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the code that travels of a class path: its jars as they are, its directories as jars.
 *
 * <p>As the JVM does, it passes over what is not there or is no jar, and follows the {@code Class-Path} of each jar's
 * manifest, behind the jar. A jar that holds nothing but such a manifest does not travel, for what it refers to does.
 *
 * <p><b>The farm's own.</b> Agents have it, and it does not travel ({@link ContentNotes} says how it is told). Its libraries do
 * where they are jars of their own: a program that has the farm as a dependency may use them itself, in versions of its
 * own. But where the farm is run as it was built, in a development tree, they are there for the farm's sake, and stay.
 *
 * <p>Stateless but for its store; what it finds out about jars and directories is kept for the JVM.
 */
public final class CodePacker {
    private final JarStore store;

    /** Whatever is on the class path: a jar, or a directory if {@code directory} is not null. */
    private record Found(Path path, JarContents contents, @Nullable DirectoryJar directory) {}

    /** @param store where directories are packed into */
    public CodePacker(JarStore store) {
        this.store = store;
    }

    /**
     * Makes the code of a class path; hashes and packs, so that it may take a while the first time.
     *
     * @param classPath in order; wildcards are expanded already
     * @throws IOException when something on it cannot be read, or not be packed
     */
    public PackedCode pack(List<Path> classPath) throws IOException {
        List<Found> all = find(classPath);
        boolean asBuilt = isAsBuilt(all);
        List<CodeEntry> entries = new ArrayList<>();
        List<JarStore.Lease> packed = new ArrayList<>();
        Set<String> contents = new HashSet<>();
        boolean whole = false;
        try {
            for (Found found : all) {
                if (travels(found.contents, asBuilt) && contents.add(found.contents.sha256())) {
                    entries.add(entry(found, packed));
                }
            }
            whole = true;
            return new PackedCode(new CodeManifest(entries), packed);
        } finally {
            if (!whole) {
                packed.forEach(JarStore.Lease::close);
            }
        }
    }

    private static List<Found> find(List<Path> classPath) throws IOException {
        List<Found> all = new ArrayList<>();
        Deque<Path> open = new ArrayDeque<>(classPath);
        Set<Path> seen = new HashSet<>();
        for (Path next = open.poll(); next != null; next = open.poll()) {
            Path path = next.toAbsolutePath().normalize();
            if (!seen.add(path)) {
                continue;
            }
            if (Files.isDirectory(path)) {
                DirectoryJar directory = DirectoryJar.of(path);
                all.add(new Found(path, directory.contents(), directory));
            } else if (Files.isRegularFile(path)) {
                JarContents contents = JarScanner.scan(path);
                if (contents != null) {
                    all.add(new Found(path, contents, null));
                    references(path, contents).reversed().forEach(open::addFirst);
                }
            }
        }
        return all;
    }

    /** What a jar's manifest refers to: a path with a slash at its end is a directory's, any other a jar's. */
    private static List<Path> references(Path jar, JarContents contents) {
        List<Path> paths = new ArrayList<>();
        for (String reference : contents.references()) {
            Path path = resolve(jar, reference);
            if (path != null && (reference.endsWith("/") ? Files.isDirectory(path) : Files.isRegularFile(path))) {
                paths.add(path);
            }
        }
        return paths;
    }

    private static @Nullable Path resolve(Path jar, String reference) {
        try {
            return Path.of(jar.toUri().resolve(reference));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return null; // no file's: the JVM passes over it, too
        }
    }

    /** Whether the farm itself is where a build has put it, in parts. */
    private static boolean isAsBuilt(List<Found> all) {
        boolean asBuilt = false;
        for (Found found : all) {
            switch (found.contents.origin()) {
                case FARM -> {
                    Path in = found.path.getParent();
                    asBuilt |= found.directory != null || (in != null && in.endsWith("target"));
                }
                case WHOLE_FARM -> {
                    return false;
                }
                case LIBRARIES, USER -> {
                }
            }
        }
        return asBuilt;
    }

    private static boolean travels(JarContents contents, boolean asBuilt) {
        return !contents.isEmpty() && switch (contents.origin()) {
            case FARM, WHOLE_FARM -> false;
            case LIBRARIES -> !asBuilt;
            case USER -> true;
        };
    }

    private CodeEntry entry(Found found, List<JarStore.Lease> packed) throws IOException {
        JarContents contents = found.contents;
        String fileName = String.valueOf(found.path.getFileName());
        if (found.directory == null) {
            return new CodeEntry(fileName, contents.sha256(), contents.sizeBytes(), found.path, contents.versions());
        }
        String name = fileName + ".jar";
        JarStore.Lease lease = pack(name, found.directory, contents);
        packed.add(lease);
        return new CodeEntry(name, contents.sha256(), contents.sizeBytes(), lease.path(), contents.versions());
    }

    private JarStore.Lease pack(String name, DirectoryJar directory, JarContents contents) throws IOException {
        JarStore.Lease before = store.find(contents.sha256());
        if (before != null) {
            return before;
        }
        try (JarStore.Incoming jar = store.receive(name, contents.sha256(), contents.sizeBytes())) {
            directory.writeTo(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[]{(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    jar.write(bytes, offset, length);
                }
            });
            return jar.finish();
        }
    }
}
