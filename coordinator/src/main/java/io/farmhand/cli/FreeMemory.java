package io.farmhand.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether this host has so much memory to spare, and tells once in a shortage that it has not. Owned by whoever asks. */
final class FreeMemory implements BooleanSupplier {
    private static final Path FILE = Path.of("/proc/meminfo");
    /** What can be had without swapping. */
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d+) kB");
    private static final int KIBI = 10;

    private final long wanted;
    private final Console console;
    private boolean isShort;

    /** @param wanted in bytes */
    FreeMemory(long wanted, Console console) {
        this.wanted = wanted;
        this.console = console;
    }

    /** @throws UsageException when this host will never have so much, or does not tell */
    static void check(long wanted) {
        if (read(AVAILABLE) < 0) {
            throw new UsageException("--memfree: this system does not tell how much memory is to spare: file=" + FILE);
        }
        long total = read(TOTAL);
        if (wanted >= total) {
            throw new UsageException("--memfree: this host never has so much to spare, and no item would ever begin: "
                    + "wanted=" + wanted + " bytes, total=" + total);
        }
    }

    @Override
    public boolean getAsBoolean() {
        long available = read(AVAILABLE);
        boolean enough = available >= wanted;
        if (!enough && !isShort) {
            console.error().println("farm: waits until this host has the memory of --memfree to spare: wanted=" + wanted
                    + " bytes, available=" + available);
        }
        isShort = !enough;
        return enough;
    }

    /** One of this host's figures, in bytes; negative where nobody tells. */
    private static long read(Pattern figure) {
        try (Stream<String> lines = Files.lines(FILE)) {
            return lines.map(figure::matcher).filter(Matcher::matches)
                    .mapToLong(line -> Long.parseLong(line.group(1)) << KIBI).findFirst().orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
