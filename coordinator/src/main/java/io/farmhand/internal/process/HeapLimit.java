package io.farmhand.internal.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much heap a JVM takes at most, by its options and the machine's memory. Stateless. */
final class HeapLimit {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path CONTAINER = Path.of("/sys/fs/cgroup/memory.max");
    private static final String HEAP = "-Xmx";
    private static final String PERCENT = "-XX:MaxRAMPercentage=";
    private static final double DEFAULT_PERCENT = 25;
    private static final int KIBI = 10;

    private HeapLimit() {}

    /** In bytes, about; 0 where it cannot be told. The last option wins. */
    static long of(List<String> options) {
        double percent = DEFAULT_PERCENT;
        try {
            for (String option : options.reversed()) {
                if (option.startsWith(HEAP)) {
                    return MemorySize.bytes(HEAP, option.substring(HEAP.length()));
                }
                if (option.startsWith(PERCENT)) {
                    percent = Double.parseDouble(option.substring(PERCENT.length()));
                    break;
                }
            }
            return (long) (percent / 100 * memory());
        } catch (IllegalArgumentException e) {
            return 0; // the JVM will say what is wrong with it
        }
    }

    /** What a JVM takes for the machine's memory, in bytes: a container's limit where there is one; 0 where it cannot be told. */
    static long memory() {
        long machine = machine();
        try {
            String limit = Files.readString(CONTAINER, StandardCharsets.US_ASCII).strip();
            return limit.equals("max") ? machine : Math.min(machine, Long.parseLong(limit));
        } catch (IOException | NumberFormatException e) {
            return machine; // no container, or an old kernel's
        }
    }

    private static long machine() {
        try (BufferedReader lines = Files.newBufferedReader(MEMORY, StandardCharsets.US_ASCII)) {
            String first = lines.readLine(); // MemTotal:       24576000 kB
            return first == null ? 0 : Long.parseLong(first.replaceAll("[^0-9]", "")) << KIBI;
        } catch (IOException e) {
            return 0;
        }
    }
}
