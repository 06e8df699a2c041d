package io.farmhand.internal.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;

/**
 * A class directory as a jar, which is the same to the byte wherever the directory holds the same: entries by name, one
 * time for all, and not compressed, for that differs between libraries. Immutable; the files may change, which is found
 * when they are read again.
 */
final class DirectoryJar {
    /** Any that the zip format has; of its very first the JDK would note the time zone. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);
    /** What means nothing in a directory, but would have a jar's classes looked at for signatures. */
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/(SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))",
            Pattern.CASE_INSENSITIVE);
    private static final Stamp NO_STAMP = new Stamp(0, FileTime.fromMillis(0), null);
    private static final int BUFFER_BYTES = 1 << 16;

    private static final Map<Path, Packed> PACKED = new ConcurrentHashMap<>();

    /** A file or, with a slash at the end of its name, a directory. */
    private record Part(String name, Stamp stamp) {
        boolean isDirectory() {
            return name.endsWith("/");
        }
    }

    /** What the same parts made before. */
    private record Packed(List<Part> parts, JarContents contents) {}

    private final Path directory;
    private final List<Part> parts;

    private DirectoryJar(Path directory, List<Part> parts) {
        this.directory = directory;
        this.parts = parts;
    }

    /**
     * Lists a directory, following links as the JVM does.
     *
     * @throws IOException when it cannot be listed, say for a link that leads back into it
     */
    static DirectoryJar of(Path directory) throws IOException {
        List<Part> parts = new ArrayList<>();
        Files.walkFileTree(directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                        if (!path.equals(directory)) {
                            parts.add(new Part(name(directory, path) + "/", NO_STAMP)); // its files have theirs
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                        String name = name(directory, path);
                        if (attributes.isRegularFile() && !SIGNATURE.matcher(name).matches()) {
                            parts.add(new Part(name, Stamp.of(attributes)));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        parts.sort(Comparator.comparing(Part::name));
        return new DirectoryJar(directory, List.copyOf(parts));
    }

    private static String name(Path directory, Path path) {
        StringBuilder name = new StringBuilder();
        for (Path element : directory.relativize(path)) {
            name.append(name.isEmpty() ? "" : "/").append(element);
        }
        return name.toString();
    }

    /** What the jar will be; its bytes go nowhere yet. */
    JarContents contents() throws IOException {
        Packed known = PACKED.get(directory);
        if (known != null && known.parts.equals(parts)) {
            return known.contents;
        }
        MessageDigest digest = Hashes.digest();
        ContentNotes notes = new ContentNotes();
        long sizeBytes;
        try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            sizeBytes = write(out, notes);
        }
        JarContents contents = new JarContents(Hashes.hex(digest), sizeBytes, notes.versions(isMultiRelease()),
                notes.origin(), notes.isEmpty(), List.of()); // nobody follows a manifest that is in a directory
        if (parts.stream().noneMatch(part -> part.stamp.isFresh())) {
            PACKED.put(directory, new Packed(parts, contents));
        }
        return contents;
    }

    /** Whether a manifest says so, which means nothing to the JVM in a directory, but in the jar it will. */
    private boolean isMultiRelease() throws IOException {
        for (Part part : parts) {
            if (part.name.equals("META-INF/MANIFEST.MF")) {
                try (InputStream in = Files.newInputStream(directory.resolve(part.name))) {
                    return "true".equalsIgnoreCase(new Manifest(in).getMainAttributes()
                            .getValue(Attributes.Name.MULTI_RELEASE));
                }
            }
        }
        return false;
    }

    /** Writes the jar; the stream stays open. */
    void writeTo(OutputStream out) throws IOException {
        long _ = write(out, new ContentNotes());
    }

    /** @return how many bytes that was */
    private long write(OutputStream out, ContentNotes notes) throws IOException {
        Counting counting = new Counting(out);
        ZipOutputStream zip = new ZipOutputStream(counting);
        zip.setMethod(ZipOutputStream.STORED);
        byte[] buffer = new byte[BUFFER_BYTES];
        for (Part part : parts) {
            ZipEntry entry = new ZipEntry(part.name);
            entry.setTimeLocal(TIME);
            entry.setSize(part.isDirectory() ? 0 : part.stamp.sizeBytes());
            entry.setCrc(part.isDirectory() ? 0 : crc(part, buffer));
            try {
                zip.putNextEntry(entry);
                if (!part.isDirectory()) {
                    copy(part, zip, buffer, notes);
                }
                zip.closeEntry();
            } catch (ZipException e) {
                throw new IOException(directory.resolve(part.name) + " was written while it was packed: build first,"
                        + " then start the pool", e);
            }
        }
        zip.finish();
        return counting.bytes;
    }

    private long crc(Part part, byte[] buffer) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = Files.newInputStream(directory.resolve(part.name))) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                crc.update(buffer, 0, count);
            }
        }
        return crc.getValue();
    }

    private void copy(Part part, OutputStream out, byte[] buffer, ContentNotes notes) throws IOException {
        byte[] head = new byte[0];
        try (InputStream in = Files.newInputStream(directory.resolve(part.name))) {
            for (int count = in.readNBytes(buffer, 0, buffer.length); count > 0; count = in.readNBytes(buffer, 0,
                    buffer.length)) {
                if (head.length == 0) {
                    head = Arrays.copyOf(buffer, Math.min(count, ContentNotes.HEAD_BYTES));
                }
                out.write(buffer, 0, count);
            }
        }
        notes.add(part.name, head);
    }

    /** Counts what goes through. */
    private static final class Counting extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counting(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            bytes += length;
        }
    }
}
