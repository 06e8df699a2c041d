package io.farmhand.cli.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodTaskTest {
    @ParameterizedTest
    @CsvSource({"text, java.lang.String, a, a!", "twice, int, -3, -6", "twice, int, ' 4 ', 8",
            "boxed, java.lang.Long, 4, 5", "half, double, 3, 1.5", "not, boolean, TRUE, false",
            "number, double, 1e3, double"})
    void readsTheInputAndCallsTheMethod(String method, String parameter, String input, String output)
            throws Exception {
        assertThat(task(method, type(parameter)).apply(input)).isEqualTo(output);
    }

    @ParameterizedTest
    @CsvSource({"twice, int, abc, an int", "twice, int, 9999999999, an int", "twice, int, '', an int",
            "boxed, java.lang.Long, 1.5, a long", "half, double, x, a double", "not, boolean, yes, a boolean"})
    void failsOnAnInputOfAnotherKind(String method, String parameter, String input, String kind) {
        assertThatThrownBy(() -> task(method, type(parameter)).apply(input))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("'" + input + "' is not " + kind);
    }

    @Test
    void namesTheNearestFileToOneThatIsMissing(@TempDir Path directory) throws Exception {
        Path lines = Files.createFile(directory.resolve("lines.txt"));
        MethodTask task = task("over", Path.class);
        assertThat(task.apply(lines.toString())).isEqualTo("Path");
        assertThatThrownBy(() -> task.apply(directory.resolve("lnies.txt").toString()))
                .isInstanceOf(NoSuchFileException.class).hasMessageContaining("did you mean '" + lines + "'?");
    }

    @Test
    void throwsWhatTheMethodThrows() {
        assertThatThrownBy(() -> task("fail", String.class).apply("a")).isInstanceOf(IllegalStateException.class)
                .hasMessage("boom a");
    }

    @Test
    void travelsByName() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
            output.writeObject(task("twice", int.class));
        }
        try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((MethodTask) input.readObject()).apply("21")).isEqualTo("42");
        }
    }

    private static MethodTask task(String method, Class<?> parameter) {
        try {
            return new MethodTask(Tasks.class.getDeclaredMethod(method, parameter), new WordArguments());
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return switch (name) {
            case "int" -> int.class;
            case "double" -> double.class;
            case "boolean" -> boolean.class;
            default -> Class.forName(name);
        };
    }
}
