package io.farmhand.internal.process;

import java.util.Locale;
import java.util.Objects;

/** Amounts of memory as {@code -Xmx} takes them. Stateless. */
public final class MemorySize {
    private MemorySize() {}

    /**
     * In bytes.
     *
     * @param name what it is the size of, for the error
     * @param size a number, perhaps with k, m, g or t behind it, powers of 1024
     * @throws IllegalArgumentException when it is not of that form
     */
    public static long bytes(String name, String size) {
        if (!Objects.requireNonNull(size, name).matches("[1-9][0-9]{0,17}[kKmMgGtT]?")) {
            throw new IllegalArgumentException(name + "=" + size + " is not a size such as 512m or 4g");
        }
        int unit = "kmgt".indexOf(size.toLowerCase(Locale.ROOT).charAt(size.length() - 1)) + 1;
        long number = Long.parseLong(unit == 0 ? size : size.substring(0, size.length() - 1));
        long bytes = number << (10 * unit);
        if (bytes >> (10 * unit) != number) {
            throw new IllegalArgumentException(name + "=" + size + " is more than there can be");
        }
        return bytes;
    }
}
