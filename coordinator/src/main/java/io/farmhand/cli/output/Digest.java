package io.farmhand.cli.output;

import io.farmhand.cli.input.Input;
import io.farmhand.internal.code.Hashes;
import io.farmhand.internal.records.RecordBlock;
import io.farmhand.internal.records.RecordRange;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Short digests (the first 8 bytes of SHA-256) of a function and of inputs: whoever resumes a run finds out by them whether it is
 * still the same. Of a part of a file they are of its place, and of the file's size and time, which also belong to an input that
 * names a file to the function. Immutable.
 */
public final class Digest {
    private final String function;
    private final String reading;
    /** For each word of an input whether it names a file. */
    private final List<Boolean> files;

    private Digest(String function, String reading, List<Boolean> files) {
        this.function = function;
        this.reading = reading;
        this.files = files;
    }

    /**
     * With the digest of a method: of its class file and its name.
     *
     * @param reading what else decides on what the method is given for an input, such as the header; empty for nothing
     */
    public static Digest of(Method method, String reading) {
        MessageDigest digest = Hashes.digest();
        Class<?> owner = method.getDeclaringClass();
        String file = owner.getName().replace('.', '/') + ".class";
        try (InputStream in = owner.getClassLoader() == null
                ? ClassLoader.getSystemResourceAsStream(file)
                : owner.getClassLoader().getResourceAsStream(file)) {
            if (in != null) {
                digest.update(in.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the class file of " + owner.getName() + " cannot be read: " + e.getMessage(),
                    e);
        }
        digest.update(method.toString().getBytes(StandardCharsets.UTF_8));
        List<Boolean> files = Arrays.stream(method.getParameterTypes())
                .map(type -> type == Path.class || type == File.class).toList();
        return new Digest(HexFormat.of().formatHex(digest.digest(), 0, Long.BYTES), reading, files);
    }

    /** That of the function, in hexadecimal. */
    public String function() {
        return function;
    }

    /**
     * That of an input.
     *
     * @param hasFailed whether it failed: then a file that it names is no part of it, which may have been mended
     */
    public long of(Input input, boolean hasFailed) {
        MessageDigest digest = Hashes.digest();
        digest.update(reading.getBytes(StandardCharsets.UTF_8));
        Object value = input instanceof Input.Item item ? item.value() : input.text();
        switch (value) {
            case String[] words -> {
                for (String word : words) {
                    digest.update(word.getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                }
                updateFiles(digest, hasFailed, words);
            }
            case String word -> {
                digest.update(word.getBytes(StandardCharsets.UTF_8));
                updateFiles(digest, hasFailed, word);
            }
            case RecordBlock block -> update(digest, block);
            case RecordRange range -> digest.update(text(range).getBytes(StandardCharsets.UTF_8));
            default -> digest.update(value.toString().getBytes(StandardCharsets.UTF_8));
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    /** Adds the size and time of the files that words name. Of a directory neither tells what is in it. */
    private void updateFiles(MessageDigest digest, boolean hasFailed, String... words) {
        for (int i = 0; i < words.length && i < files.size() && !hasFailed; i++) {
            if (files.get(i)) {
                digest.update(stamp(words[i]).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static String stamp(String file) {
        try {
            Path path = Path.of(file);
            return Files.isRegularFile(path) ? stamp(path) : "";
        } catch (InvalidPathException | IOException e) {
            return ""; // what is wrong with it, the function finds out
        }
    }

    private static String stamp(Path file) throws IOException {
        return Files.size(file) + " " + Files.getLastModifiedTime(file);
    }

    private static void update(MessageDigest digest, RecordBlock block) {
        try (InputStream in = block.open()) {
            digest.update(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(RecordRange range) {
        try {
            return range.path() + ":" + range.from() + "-" + range.to() + " " + stamp(range.path());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + range.path() + ": " + e.getMessage(), e);
        }
    }
}
