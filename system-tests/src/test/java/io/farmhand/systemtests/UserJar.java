package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Jars of users: compiled from sources that no class path of ours has. */
final class UserJar {
    /** A class {@code com.acme.Score} with what tests want of a user's code. */
    static final String SCORE = """
            package com.acme;
            import java.nio.file.*;
            public final class Score {
                /** The square, after the line. */
                public static String line(String line) {
                    return line + " " + Long.parseLong(line) * Long.parseLong(line);
                }
                /** The same, a while later; fails at 13. */
                public static String slow(String line) throws Exception {
                    if (line.equals("13")) {
                        throw new IllegalStateException("thirteen");
                    }
                    Thread.sleep(20);
                    return line(line);
                }
                /** Tells who it is, and waits until somebody ends it. */
                public static String hang(String line) throws Exception {
                    Files.writeString(Path.of(line, "" + ProcessHandle.current().pid()), "");
                    new java.util.concurrent.CountDownLatch(1).await();
                    return line;
                }
            }
            """;

    private UserJar() {}

    /** Compiles sources, each a file's name and its text, into {@code name} in a directory. */
    static Path make(Path directory, String name, String... sources) throws IOException {
        Path classes = Files.createTempDirectory(directory, "classes");
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        for (int i = 0; i < sources.length; i += 2) {
            Path source = classes.resolveSibling(classes.getFileName() + "-sources").resolve(sources[i]);
            Files.createDirectories(source.getParent());
            Files.writeString(source, sources[i + 1]);
            arguments.add(source.toString());
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .as("the compiler's status").isZero();
        Path jar = directory.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            for (Path entry : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(entry).toString()));
                Files.copy(entry, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    /** The jar of {@link #SCORE}. */
    static Path score(Path directory) throws IOException {
        return make(directory, "score.jar", "com/acme/Score.java", SCORE);
    }
}
