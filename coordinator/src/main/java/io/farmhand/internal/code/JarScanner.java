package io.farmhand.internal.code;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads jars: their hashes, the heads of their classes, what their manifests refer to. What it found it keeps until the jar
 * is written anew, for as long as the JVM lives: pools of one program have the same class path. A concurrent map.
 */
final class JarScanner {
    private static final System.Logger LOG = System.getLogger(JarScanner.class.getName());
    private static final Map<Path, Scanned> SCANNED = new ConcurrentHashMap<>();

    private record Scanned(Stamp stamp, JarContents contents) {}

    private JarScanner() {}

    /**
     * Reads a jar.
     *
     * @return null if it is none: the JVM passes over such a file on its class path, too
     * @throws IOException when it cannot be read
     */
    static @Nullable JarContents scan(Path jar) throws IOException {
        Stamp stamp = Stamp.of(jar);
        Scanned known = SCANNED.get(jar);
        if (known != null && known.stamp.equals(stamp)) {
            return known.contents;
        }
        JarContents contents;
        try {
            contents = read(jar, stamp.sizeBytes());
        } catch (ZipException e) {
            LOG.log(System.Logger.Level.DEBUG, "passed over {0} on the class path, which is no jar: {1}", jar, e);
            return null;
        } catch (IOException e) {
            throw new IOException(jar + " on the class path cannot be read: " + e.getMessage(), e);
        }
        if (!Stamp.of(jar).equals(stamp)) {
            throw new IOException(jar + " was written while it was read: build first, then start the pool");
        }
        if (!stamp.isFresh()) {
            SCANNED.put(jar, new Scanned(stamp, contents));
        }
        return contents;
    }

    private static JarContents read(Path jar, long sizeBytes) throws IOException {
        ContentNotes notes = new ContentNotes();
        Manifest manifest;
        try (JarFile file = new JarFile(jar.toFile(), false)) { // whoever runs the classes looks at signatures
            for (Enumeration<? extends ZipEntry> entries = file.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                notes.add(entry.getName(), ContentNotes.isClass(entry.getName()) ? head(file, entry) : new byte[0]);
            }
            manifest = file.getManifest();
        }
        Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
        boolean isMultiRelease = "true".equalsIgnoreCase(main.getValue(Attributes.Name.MULTI_RELEASE));
        String references = main.getValue(Attributes.Name.CLASS_PATH);
        return new JarContents(Hashes.of(jar), sizeBytes, notes.versions(isMultiRelease), notes.origin(),
                notes.isEmpty(), references == null ? List.of() : List.of(references.strip().split("\\s+")));
    }

    private static byte[] head(ZipFile file, ZipEntry entry) throws IOException {
        try (InputStream in = file.getInputStream(entry)) {
            return in.readNBytes(ContentNotes.HEAD_BYTES);
        }
    }
}
