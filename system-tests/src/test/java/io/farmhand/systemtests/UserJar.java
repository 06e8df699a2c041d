package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** Makes jars as users have them, of source text. */
final class UserJar {
    private static final int MAJOR_VERSION = 7;
    /** The version of class files of Java 1; each Java since has the next one. */
    private static final int BEFORE_FIRST = 44;

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

    /** What {@code Score::line} makes of the numbers of a range but for some, a line each. */
    static String squares(int from, int to, int... but) {
        List<Integer> left = IntStream.of(but).boxed().toList();
        return IntStream.range(from, to).filter(i -> !left.contains(i)).mapToObj(i -> i + " " + (long) i * i + "\n")
                .collect(Collectors.joining());
    }

    /** The jar of {@link #SCORE}. */
    static Path score(Path directory) throws IOException {
        return make(directory, "score.jar", List.of(), "com/acme/Score.java", SCORE);
    }

    /**
     * Compiles sources, without the farm on the class path, and packs the classes.
     *
     * @param directory of the test, where files are put
     * @param libraries what the sources need
     * @param sources the path of a file each, and its text
     */
    static Path make(Path directory, String name, List<Path> libraries, String... sources) throws IOException {
        Path root = Files.createTempDirectory(directory, "sources");
        Path classes = Files.createDirectory(root.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp",
                libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator))));
        for (int i = 0; i < sources.length; i += 2) {
            Path file = root.resolve(sources[i]);
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, sources[i + 1]).toString());
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .as("compiles").isZero();
        return pack(classes, directory.resolve(name));
    }

    private static Path pack(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return jar;
    }

    /** A jar with one class, as if it had been compiled for that Java. */
    static Path forJava(Path directory, String name, String className, int java) throws IOException {
        Path made = make(directory, "plain-" + name, List.of(), className + ".java",
                "public class " + className + " { public static String line(String text) { return text; } }");
        Path jar = directory.resolve(name);
        try (ZipFile from = new ZipFile(made.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(jar))) {
            ZipEntry entry = from.getEntry(className + ".class");
            byte[] bytes = from.getInputStream(entry).readAllBytes();
            bytes[MAJOR_VERSION] = (byte) (java + BEFORE_FIRST);
            to.putNextEntry(new ZipEntry(entry.getName()));
            to.write(bytes);
            to.closeEntry();
        }
        return jar;
    }
}
