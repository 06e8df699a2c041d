package io.farmhand.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A console whose streams a test can read. */
final class TestConsole {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();
    private final Console console = new Console(InputStream.nullInputStream(), output,
            new PrintStream(error, true, StandardCharsets.UTF_8), () -> false, status -> {
                throw new AssertionError("exit status=" + status);
            });

    Console console() {
        return console;
    }

    String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    String error() {
        return error.toString(StandardCharsets.UTF_8);
    }
}
