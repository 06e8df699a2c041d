package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaFinderTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"1.8, 8", "1.8.0_402, 8", "17, 17", "'\"25.0.1\"', 25", "'\"26-ea\"', 26", "25.0.3+9-LTS, 25",
            "x, 0"})
    void readsTheFeatureVersion(String text, int feature) {
        assertThat(JavaFinder.parse(text)[0]).isEqualTo(feature);
    }

    @Test
    void takesTheHighestVersion() throws IOException {
        install("a", "25.0.9");
        install("b", "25.0.10");
        install("c", "17.0.1");
        assertThat(home("")).isEqualTo(directory.resolve("b").toFile());
    }

    @Test
    void prefersJavaHomeWhereThatIsNewEnough() throws IOException {
        install("a", "25");
        install("b", "26");
        assertThat(home("a")).isEqualTo(directory.resolve("a").toFile());
        install("old", "21");
        assertThat(home("old")).isEqualTo(directory.resolve("b").toFile());
    }

    @Test
    void looksIntoTheBundlesOfMacOs() throws IOException {
        install("temurin-25.jdk/Contents/Home", "25");
        assertThat(home("")).isEqualTo(directory.resolve("temurin-25.jdk/Contents/Home").toFile());
    }

    @Test
    void saysWhatItFoundWhereNoneWillDo() throws IOException {
        install("a", "17.0.1");
        JavaFinder finder = new JavaFinder("", List.of(directory.toFile(), new File("/nowhere")));
        assertThat(finder.find(25)).isNull();
        assertThat(finder.describe()).isEqualTo("JAVA_HOME is not set and the usual directories hold only Java 17 ("
                + directory.resolve("a") + ")");
    }

    private File home(String javaHome) {
        String given = javaHome.isEmpty() ? "" : directory.resolve(javaHome).toString();
        return new JavaFinder(given, List.of(directory.toFile())).find(25).home;
    }

    private void install(String name, String version) throws IOException {
        Path bin = Files.createDirectories(directory.resolve(name).resolve("bin"));
        Files.createFile(bin.resolve("java"));
        Files.writeString(bin.resolveSibling("release"),
                "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");
    }
}
