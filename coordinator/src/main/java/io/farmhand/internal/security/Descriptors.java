package io.farmhand.internal.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many descriptors this process may have. A JVM that has run out of them does not just refuse connections: a class
 * whose initializer could open no file is unusable from then on, and such an error ends the event loop. So it must not
 * come to that. Stateless.
 */
final class Descriptors {
    /** More than any farm has, where there is no limit or none that we can read. */
    static final int PLENTY = 1 << 20;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d{1,9}) .*");

    private Descriptors() {}

    /** The limit; that of Linux, others are not looked for. */
    static int limit() {
        try {
            return limit(Files.readAllLines(LIMITS, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return PLENTY;
        }
    }

    static int limit(List<String> limits) {
        return limits.stream().map(OPEN_FILES::matcher).filter(Matcher::matches).findFirst()
                .map(line -> Math.min(PLENTY, Integer.parseInt(line.group(1)))).orElse(PLENTY);
    }
}
