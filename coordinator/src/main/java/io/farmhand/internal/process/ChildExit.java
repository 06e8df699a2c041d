package io.farmhand.internal.process;

import io.farmhand.internal.jvm.ChildFailure;
import java.io.File;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a child JVM ended.
 *
 * @param code as Python has it: the exit status, or -N when the signal N ended it
 * @param failure what the function threw, or why it could not be read; null for any other end
 */
public record ChildExit(int code, @Nullable ChildFailure failure) {
    private static final int SIGNAL_BASE = 128;
    private static final int SIGNALS = 64;
    private static final int CRASHED = 1;
    private static final int ABORTED = SIGNAL_BASE + 6;
    private static final boolean WINDOWS = File.separatorChar == '\\';

    /**
     * Reads an exit status. A signal is 128 and its number, both as {@link Process#exitValue} has it for a process that
     * a signal ended and as a JVM exits that has caught SIGTERM, SIGINT or SIGHUP: no program can tell these from
     * {@code System.exit(143)}.
     *
     * @param crash what the JVM left when it crashed
     */
    static int code(int status, Optional<CrashReport> crash) {
        if (WINDOWS) {
            return status;
        }
        if (crash.isPresent() && (status == CRASHED || status == ABORTED)) {
            return -crash.get().signal();
        }
        return status > SIGNAL_BASE && status <= SIGNAL_BASE + SIGNALS ? SIGNAL_BASE - status : status;
    }
}
