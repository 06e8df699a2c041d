package io.farmhand.cli.input;

import io.farmhand.cli.hint.MissingFile;
import io.farmhand.internal.records.Encoding;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A text that inputs are read from: a file, or standard input.
 *
 * @param path null for standard input
 * @param standard what standard input is read from
 * @param charset what it is written in, unless a byte order mark says another
 */
public record TextFile(@Nullable Path path, InputStream standard, Charset charset) {
    /** How the command line names standard input. */
    public static final String STANDARD = "-";

    private static final int MARK_BYTES = 1 << 13;

    /** A text that has been opened. */
    public record Opened(InputStream in, Encoding encoding) {}

    /**
     * The text of a name.
     *
     * @param name of a file, or {@value #STANDARD}
     * @throws IOException when there is no such file that can be read, with a message for people
     */
    public static TextFile of(String name, InputStream standard, Charset charset) throws IOException {
        if (name.equals(STANDARD)) {
            StandardInput.check(standard);
            return new TextFile(null, standard, charset);
        }
        String missing = MissingFile.check(name).orElse("");
        if (!missing.isEmpty()) {
            throw new NoSuchFileException(missing);
        }
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw new FileSystemException(
                    "'" + name + "' is a directory: name the files in it, such as " + name + "/*");
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException("'" + name + "' cannot be read: this user ("
                    + System.getProperty("user.name") + ") may not");
        }
        return new TextFile(path, standard, charset);
    }

    /** What people call it. */
    public String name() {
        return path == null ? "standard input" : path.toString();
    }

    /**
     * Opens it, behind its byte order mark.
     *
     * @throws IOException when it cannot be opened, or is in a charset in which records cannot be found
     */
    public Opened open() throws IOException {
        InputStream in = new BufferedInputStream(path == null ? standard : Files.newInputStream(path), MARK_BYTES);
        boolean opened = false;
        try {
            Encoding encoding = Encoding.of(charset, in);
            opened = true;
            return new Opened(in, encoding);
        } catch (IllegalArgumentException e) {
            throw new IOException(name() + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                in.close();
            }
        }
    }
}
