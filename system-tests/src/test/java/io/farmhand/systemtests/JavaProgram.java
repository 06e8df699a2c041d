package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Programs that are run from their source, by the launcher or in jshell, with the class path of the tests. */
final class JavaProgram {
    private static final long PATIENCE_SECONDS = 100;
    /** Absolute, and without what is not there, which jshell complains of. */
    private static final String CLASS_PATH = Arrays
            .stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath()).filter(Files::exists).map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));

    private JavaProgram() {}

    /**
     * Runs {@code java FILE}; its output, line by line.
     *
     * @param directory where the sources are put
     * @param sources the name of a file each, and its text; the first is run
     */
    static List<String> run(Path directory, String... sources) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        for (int i = 0; i < sources.length; i += 2) {
            Path file = directory.resolve(sources[i]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, sources[i + 1]);
        }
        return output(directory, "", "java", "-cp", CLASS_PATH, directory.resolve(sources[0]).toString());
    }

    /** Types a session into jshell, which prints nothing but what the session does. */
    static List<String> shell(Path directory, String session) throws IOException, InterruptedException {
        return output(directory, session + "\n/exit\n", "jshell", "-J-Djava.util.prefs.userRoot=" + directory,
                "--class-path", CLASS_PATH, "-s", "-");
    }

    private static List<String> output(Path directory, String input, String tool, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output.txt");
        Path errors = directory.resolve("errors.txt");
        Path typed = Files.writeString(directory.resolve("input.txt"), input);
        Process process = new ProcessBuilder(command).redirectInput(typed.toFile())
                .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(ended ? process.exitValue() : -1)
                    .as("its end; output: %s, errors: %s", Files.readString(output), Files.readString(errors)).isZero();
            return Files.readAllLines(output);
        } finally {
            List<ProcessHandle> all = process.descendants().toList();
            process.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
