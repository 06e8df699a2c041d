package io.farmhand.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Worker processes as the operating system shows them. Linux only: it reads {@code /proc}. */
final class Workers {
    private Workers() {}

    /** The live workers of this process's own pools. */
    static List<ProcessHandle> live() {
        return of(ProcessHandle.current());
    }

    /** The live workers of a coordinator. */
    static List<ProcessHandle> of(ProcessHandle coordinator) {
        return coordinator.children().filter(child -> isWorker(child.pid()) && isRunning(child.pid())).toList();
    }

    static List<Long> livePids() {
        return live().stream().map(ProcessHandle::pid).sorted().toList();
    }

    /** Whether a process runs; a zombie does not, though it still answers signals. */
    static boolean isRunning(long pid) {
        return status(pid, "State").map(state -> !state.startsWith("Z") && !state.startsWith("X")).orElse(false);
    }

    /** A field of {@code /proc/PID/status}. */
    static Optional<String> status(long pid, String field) {
        return value(pid, "status", field);
    }

    /** How many bytes a process has written so far, to files and sockets. */
    static long bytesWritten(long pid) {
        return value(pid, "io", "wchar").map(Long::parseLong).orElse(0L);
    }

    /** How many bytes a process has read so far, from files and sockets. */
    static long bytesRead(long pid) {
        return value(pid, "io", "rchar").map(Long::parseLong).orElse(0L);
    }

    static List<String> commandLine(long pid) {
        return strings(pid, "cmdline");
    }

    static List<String> environment(long pid) {
        return strings(pid, "environ");
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Sends a signal by name. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " " + pid + " ended with " + status);
        }
    }

    private static boolean isWorker(long pid) {
        return commandLine(pid).stream().anyMatch(argument -> argument.startsWith("@") && argument.endsWith("args"));
    }

    private static Optional<String> value(long pid, String file, String field) {
        try {
            return Files.readAllLines(proc(pid, file), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.substring(field.length() + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // it is gone
        }
    }

    private static List<String> strings(long pid, String file) {
        try {
            return Arrays.asList(Files.readString(proc(pid, file), StandardCharsets.ISO_8859_1).split("\0", -1));
        } catch (IOException e) {
            return List.of(); // it is gone
        }
    }

    private static Path proc(long pid, String file) {
        return Path.of("/proc", Long.toString(pid), file);
    }

    /** What a JVM of ours with that process number left when it crashed. */
    static List<Path> crashReports(long pid) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> reports = Files.newDirectoryStream(
                Path.of(System.getProperty("java.io.tmpdir")), "hs_err_farmhand_" + pid + "_*.log")) {
            reports.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
