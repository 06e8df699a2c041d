package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {
    @TempDir
    private Path directory;

    @Test
    void splitsAValueAndMakesItAbsolute() throws IOException {
        Path one = jar("one.jar");
        Path two = jar("two.jar");
        assertThat(ClassPath.parse(List.of(one + File.pathSeparator + two, directory.toString())))
                .containsExactly(one, two, directory);
    }

    @Test
    void namesTheNearestJar() throws IOException {
        Path jar = jar("score.jar");
        String misspelt = directory.resolve("scoer.jar").toString();
        assertThatThrownBy(() -> ClassPath.parse(List.of(misspelt))).isInstanceOf(UsageException.class)
                .hasMessage("--jar: no such file: '" + misspelt + "'; did you mean '" + jar + "'?");
    }

    @Test
    void refusesWhatIsNoJar() throws IOException {
        Path text = Files.writeString(directory.resolve("a.txt"), "no jar");
        assertThatThrownBy(() -> ClassPath.parse(List.of(text.toString()))).isInstanceOf(UsageException.class)
                .hasMessageContaining("not a jar");
    }

    @Test
    void namesTheNearestClassOfTheJars() throws IOException {
        try (ClassPath classes = ClassPath.open(List.of(jar("my.jar", "com/acme/Score.class", "com/acme/Other.class",
                "com/acme/Score$Inner.class", "com/acme/Score$1.class", "module-info.class")))) {
            assertUnknown(classes, "com.acme.Scroe", "no class com.acme.Scroe in my.jar; did you mean com.acme.Score?");
            assertUnknown(classes, "Score", "did you mean com.acme.Score?");
            assertUnknown(classes, "org.else.score", "did you mean com.acme.Score?");
            assertUnknown(classes, "Othr", "did you mean com.acme.Other?");
            assertUnknown(classes, "Inner", "did you mean com.acme.Score.Inner?");
            assertThatThrownBy(() -> classes.find("zzz.Unlike")).hasMessage("no class zzz.Unlike in my.jar");
        }
    }

    private static void assertUnknown(ClassPath classes, String name, String message) {
        assertThatThrownBy(() -> classes.find(name)).isInstanceOf(UsageException.class).hasMessageContaining(message);
    }

    private Path jar(String name, String... entries) throws IOException {
        Path file = directory.resolve(name);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (String entry : entries) {
                jar.putNextEntry(new JarEntry(entry));
            }
        }
        return file;
    }
}
