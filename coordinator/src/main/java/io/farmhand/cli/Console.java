package io.farmhand.cli;

import io.farmhand.internal.observe.Screen;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The command's three streams and its end, which a test replaces.
 *
 * @param input where items come from when no argument names any
 * @param output data only: results, one a line
 * @param error what people read
 * @param ending whether the JVM is going down, so that failures of workers killed thereby are no news
 * @param exit ends the process from another thread than the main one
 */
record Console(InputStream input, OutputStream output, PrintStream error, BooleanSupplier ending, IntConsumer exit) {
    /** The streams of this process, in UTF-8 whatever the locale. */
    static Console ofProcess() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(ending::begin, "farm-ending"));
        // One write(2) for each line, so that lines of several threads do not mix: a PrintStream buffers until its end.
        PrintStream error = new PrintStream(new BufferedOutputStream(
                new FileOutputStream(FileDescriptor.err)), true, StandardCharsets.UTF_8);
        return new Console(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out), error,
                ending::begun, System::exit);
    }

    /** The same, whose output and errors come above the bars of a screen. */
    Console above(Screen screen) {
        return new Console(input, new AboveBars(screen, output),
                new PrintStream(new BufferedOutputStream(new AboveBars(screen, error)), true, StandardCharsets.UTF_8),
                ending,
                exit);
    }

    private static final class Ending {
        private volatile boolean begun;

        void begin() {
            begun = true;
        }

        boolean begun() {
            return begun;
        }
    }
}
