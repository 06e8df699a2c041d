package io.farmhand.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resident memory of processes, by proc(5); 0 where there is none. */
final class Memory {
    private static final long KIBIBYTE = 1024;

    private Memory() {}

    /** The most that this process ever had. */
    static long peakBytes() {
        return read(ProcessHandle.current().pid(), "VmHWM");
    }

    /** What a process has. */
    static long residentBytes(long pid) {
        return read(pid, "VmRSS");
    }

    private static long read(long pid, String name) {
        try {
            Matcher line = Pattern.compile(name + ":\\s+(\\d+) kB").matcher(
                    Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            return line.find() ? Long.parseLong(line.group(1)) * KIBIBYTE : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
