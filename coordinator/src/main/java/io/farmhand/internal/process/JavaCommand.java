package io.farmhand.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How JVMs like this one are started: the executable, what all of them are given, argument files. Stateless. */
public final class JavaCommand {
    /** Settings that processes which share things must have in common, and what is off here is off for their own children. */
    private static final List<String> PASSED_ON = List.of("farmhand.shm", "farmhand.futex", "farmhand.batches",
            AotCache.PROPERTY);

    private JavaCommand() {}

    /** The class path and the module path of this JVM, absolute. */
    public static List<Path> ownClassPath() {
        List<Path> classPath = new ArrayList<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            String path = System.getProperty(property, "");
            if (!path.isEmpty()) {
                Arrays.stream(path.split(File.pathSeparator, -1)) // an empty entry is the directory we run in
                        .map(entry -> Path.of(entry).toAbsolutePath()).forEach(classPath::add);
            }
        }
        return classPath;
    }

    /** The java that runs this JVM. */
    static Path executable() {
        return Path.of(System.getProperty("java.home"), "bin", File.separatorChar == '\\' ? "java.exe" : "java");
    }

    /**
     * The options that every JVM of ours has. One such JVM is one of many and, most often, short: threads of a larger
     * collector would fight for cores.
     *
     * @param users the user's own, which are to come last and win
     */
    static List<String> options(List<String> users) {
        List<String> arguments = new ArrayList<>();
        if (users.stream().noneMatch(arg -> arg.matches("-XX:\\+Use\\w+GC"))) {
            arguments.add("-XX:+UseSerialGC");
        }
        for (String property : PASSED_ON) {
            String value = System.getProperty(property);
            if (value != null) {
                arguments.add("-D" + property + "=" + value);
            }
        }
        arguments.add("-XX:-CreateCoredumpOnCrash");
        arguments.add("-XX:ErrorFile=" + CrashReport.pattern());
        // Maps the AOT cache where it was made for: relocating it costs a copy of most of its pages for each JVM.
        arguments.add("-XX:+UnlockDiagnosticVMOptions");
        arguments.add("-XX:ArchiveRelocationMode=0");
        arguments.add("--sun-misc-unsafe-memory-access=allow");
        arguments.add("--enable-native-access=ALL-UNNAMED");
        return arguments;
    }

    /** The option for a class path. */
    static List<String> classPath(List<Path> entries) {
        return List.of("-cp", entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    }

    /** Writes arguments to a file for the java launcher: a class path may be longer than a command line. */
    static void write(Path file, List<String> arguments) throws IOException {
        Files.write(file, arguments.stream().map(JavaCommand::quote).toList());
    }

    private static String quote(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
