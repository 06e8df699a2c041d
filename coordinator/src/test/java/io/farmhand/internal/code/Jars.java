package io.farmhand.internal.code;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes jars of whatever is to be in them. */
final class Jars {
    private static final int BEFORE_FIRST = 44;
    private static final int PREVIEW = 0xffff;

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    static Jars jar() {
        return new Jars();
    }

    Jars with(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    Jars with(String name, String content) {
        return with(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A class file for a Java, or what is looked at of one. */
    Jars withClass(String name, int java) {
        return with(name, classFile(java, false));
    }

    Jars withPreviewClass(String name, int java) {
        return with(name, classFile(java, true));
    }

    static byte[] classFile(int java, boolean preview) {
        int minor = preview ? PREVIEW : 0;
        int major = java + BEFORE_FIRST;
        return new byte[]{(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, (byte) (minor >> 8), (byte) minor,
                (byte) (major >> 8), (byte) major, 1, 2, 3};
    }

    Jars withManifest(String lines) {
        return with("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + lines + "\n");
    }

    /** Writes them as a jar. */
    Path to(Path jar) throws IOException {
        Files.createDirectories(jar.getParent());
        try (OutputStream out = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return jar;
    }

    /** Writes them as a class directory. */
    Path toDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
        return directory;
    }
}
