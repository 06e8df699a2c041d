package io.farmhand.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A directory with a file for each input: {@code N.out} with the result, or {@code N.err} with the error, where N counts from
 * 1. A file has all of it or is not there.
 */
public final class ResultDirectory implements Results {
    private static final String RESULT = ".out";
    private static final String ERROR = ".err";

    private final Path directory;

    /**
     * Makes the directory, if it is not there.
     *
     * @throws IOException when it cannot be made
     */
    public ResultDirectory(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    private Path file(long index, String end) {
        return directory.resolve((index + 1) + end);
    }

    @Override
    public boolean has(long index) {
        return Files.exists(file(index, RESULT)) || Files.exists(file(index, ERROR));
    }

    @Override
    public @Nullable OutputStream output() {
        return null;
    }

    @Override
    public byte[] row(Outcome outcome) throws IOException {
        String end = outcome.isFailed() ? ERROR : RESULT;
        String text = outcome.error() == null ? String.valueOf(outcome.value()) : ErrorText.of(outcome.error());
        Path file = file(outcome.input().index(), end);
        Path draft = directory.resolve("." + file.getFileName() + ".part");
        Files.writeString(draft, text + "\n", StandardCharsets.UTF_8);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file(outcome.input().index(), outcome.isFailed() ? RESULT : ERROR));
        return new byte[0];
    }

    @Override
    public void finish() {}
}
