package io.farmhand.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.cli.input.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
    @TempDir
    Path directory;

    static void takesText(String text) {}

    static void takesFile(Path file) {}

    static void takesBoth(String text, Path file) {}

    private static Digest digest(String method, String reading, Class<?>... types) {
        try {
            return Digest.of(DigestTest.class.getDeclaredMethod(method, types), reading);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static Input input(Object value) {
        return new Input.Item(0, value, "text", "");
    }

    @Test
    void anInputThatIsReadInAnotherWayIsAnotherOne() {
        Digest plain = digest("takesText", "csv ,[a, b] ", String.class);
        assertThat(plain.of(input("1,2"), false))
                .isEqualTo(digest("takesText", "csv ,[a, b] ", String.class).of(input("1,2"), true))
                .isNotEqualTo(digest("takesText", "csv ,[b, a] ", String.class).of(input("1,2"), false))
                .isNotEqualTo(plain.of(input("1,3"), false));
    }

    @Test
    void aFileThatHasChangedIsAnotherInputUnlessItFailed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "a");
        Digest one = digest("takesFile", "", Path.class);
        Digest second = digest("takesBoth", "", String.class, Path.class);
        Digest text = digest("takesText", "", String.class);
        Input word = input(file.toString());
        Input words = input(new String[]{"x", file.toString()});
        long oneBefore = one.of(word, false);
        long secondBefore = second.of(words, false);
        long failedBefore = one.of(word, true);
        long textBefore = text.of(word, false);
        assertThat(one.of(word, false)).isEqualTo(oneBefore);

        Files.writeString(file, "ab");
        assertThat(one.of(word, false)).isNotEqualTo(oneBefore);
        assertThat(second.of(words, false)).isNotEqualTo(secondBefore);
        assertThat(one.of(word, true)).isEqualTo(failedBefore);
        assertThat(text.of(word, false)).isEqualTo(textBefore);
        Files.delete(file);
        assertThat(one.of(word, false)).isEqualTo(failedBefore);
    }
}
