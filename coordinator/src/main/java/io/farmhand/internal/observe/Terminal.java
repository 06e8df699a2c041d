package io.farmhand.internal.observe;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Whether somebody watches. Stateless. */
public final class Terminal {
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final boolean WATCHED = isTerminal(STANDARD_OUTPUT) || isTerminal(STANDARD_ERROR);
    private static final Pattern HARMLESS = Pattern.compile("[\\P{Cntrl}\\t]*", Pattern.UNICODE_CHARACTER_CLASS);
    /** The sequences of ECMA-48 but that which sets colours, and characters that control. */
    private static final Pattern CONTROLS = Pattern.compile("\u001b\\[[0-?]*[ -/]*[@-ln-~]"
            + "|\u001b[\\]PX^_][^\u0007\u001b]*(\u0007|\u001b\\\\)?|\u001b[^\\[]"
            + "|[\\p{Cntrl}&&[^\t\u001b]]|\u001b$", Pattern.UNICODE_CHARACTER_CLASS);

    private Terminal() {}

    /**
     * Tells whether standard error is a terminal on which lines can be drawn again, and no other stream that
     * {@link System#setErr} has put in its place since this was asked for.
     */
    @SuppressWarnings("ReferenceEquality")
    static BooleanSupplier ofStandardError() {
        PrintStream first = System.err;
        return () -> System.err == first && isStandardError();
    }

    /**
     * A line that a worker printed, as it is shown here, behind the worker's number. On a terminal it keeps its colours, but does not move the
     * cursor, erase, or ring: of a line that was written over and over, as bars of others are, the last state is shown.
     */
    public static String ofWorker(int worker, String line) {
        return "[worker " + worker + "] " + (WATCHED ? tame(line) : line);
    }

    static String tame(String line) {
        if (HARMLESS.matcher(line).matches()) {
            return line;
        }
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return CONTROLS.matcher(text.substring(text.lastIndexOf('\r') + 1)).replaceAll("");
    }

    /** Whether standard error of this process is a terminal on which lines can be drawn again. */
    public static boolean isStandardError() {
        return !"dumb".equals(System.getenv("TERM")) && isTerminal(STANDARD_ERROR);
    }

    /** The JDK tells it of standard input and output only. */
    @SuppressWarnings("SystemConsoleNull") // NullAway has it from an older JDK
    private static boolean isTerminal(Path stream) {
        try {
            String file = Files.readSymbolicLink(stream).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || file.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) { // no Linux
            Console console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
