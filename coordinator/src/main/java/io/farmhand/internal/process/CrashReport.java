package io.farmhand.internal.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM of ours leaves when it or a native library crashes. It then exits with status 1, since it dumps no core.
 *
 * @param path the report
 * @param signal the number of the signal that it crashed with, by the report; SIGABRT's when it gave up by itself
 */
record CrashReport(Path path, int signal) {
    /** Tells the reports of this JVM's processes from older ones: a JVM writes over none that is there. */
    private static final String RUN = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

    private static final int SIGABRT = 6;
    /** As in {@code #  SIGSEGV (0xb) at pc=0x00007f..., pid=123, tid=124}. */
    private static final Pattern SIGNAL = Pattern.compile("#  SIG[A-Z]+ \\(0x([0-9a-f]{1,2})\\).*");
    private static final int HEAD_LINES = 10;
    /** File systems keep times in coarser steps than the clock. */
    private static final long CLOCK_SLACK_MILLIS = 2000;

    /** Where JVMs are told to leave it; they put their process number in. */
    static String pattern() {
        return at("%p").toString();
    }

    private static Path at(String pid) {
        return Path.of(System.getProperty("java.io.tmpdir"), "hs_err_farmhand_" + pid + "_" + RUN + ".log");
    }

    /**
     * The report of a process that has ended, if it left one. One of an older process with the same pid may still lie
     * there.
     *
     * @param startedMillis when the process was started, in milliseconds since 1970
     */
    static Optional<CrashReport> of(long pid, long startedMillis) {
        Path path = at(Long.toString(pid));
        try {
            if (Files.getLastModifiedTime(path).toMillis() < startedMillis - CLOCK_SLACK_MILLIS) {
                return Optional.empty();
            }
            return Optional.of(new CrashReport(path, signalIn(path)));
        } catch (IOException e) {
            return Optional.empty(); // there is none
        }
    }

    private static int signalIn(Path path) throws IOException {
        try (BufferedReader report = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            return report.lines().limit(HEAD_LINES).map(SIGNAL::matcher).filter(Matcher::matches)
                    .map(line -> Integer.parseInt(line.group(1), 16)).findFirst().orElse(SIGABRT);
        }
    }
}
