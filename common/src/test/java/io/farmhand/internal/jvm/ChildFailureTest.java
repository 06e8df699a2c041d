package io.farmhand.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildFailureTest {
    private static final ChildFailure FAILURE = new ChildFailure(true, "a.Type", "m\u00e9ssage", "the\nstack",
            ByteBuffer.wrap(new byte[]{1, 2, 3}));

    @TempDir
    Path directory;

    @Test
    void isReadAsItWasWritten() throws IOException {
        FAILURE.write(directory.resolve("f"));
        assertThat(ChildFailure.read(directory.resolve("f"))).isEqualTo(FAILURE);
    }

    @Test
    void isWrittenByAThreadThatIsInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        FAILURE.write(directory.resolve("f"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ChildFailure.read(directory.resolve("f"))).isEqualTo(FAILURE);
    }

    @Test
    void isRefusedWhereverItIsCutShort() throws IOException {
        Path file = directory.resolve("f");
        FAILURE.write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ChildFailure.read(file)).isInstanceOf(IOException.class);
        }
        Files.delete(file);
        assertThatThrownBy(() -> ChildFailure.read(file)).isInstanceOf(FileNotFoundException.class);
    }
}
