package io.farmhand.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Python's {@code multiprocessing}, each case in an interpreter of its own. */
final class PythonSide implements AutoCloseable {
    private static final long LIMIT_MINUTES = 5;

    private final String interpreter;
    private final Path script;

    private PythonSide(String interpreter, Path script) {
        this.interpreter = interpreter;
        this.script = script;
    }

    static PythonSide open(String interpreter) throws IOException {
        Path script = Files.createTempFile("farmhand-bench-", ".py");
        try (InputStream in = PythonSide.class.getResourceAsStream("sync.py")) {
            Files.write(script, Objects.requireNonNull(in, "sync.py is not in the jar").readAllBytes());
        }
        return new PythonSide(interpreter, script);
    }

    /** Whether there is such an interpreter. */
    boolean isThere() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(interpreter, "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectErrorStream(true).start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Nanoseconds for each operation. */
    double measure(Case measured) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(interpreter, script.toString(), measured.id())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(
                        "Python's side of the case failed: case=" + measured.id() + " printed=" + printed);
            }
            return Double.parseDouble(printed);
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(script);
    }
}
