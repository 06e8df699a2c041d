package io.farmhand;

import java.util.Locale;
import java.util.Optional;

/** Tells when sending items to workers costs more than what the workers do with them. Stateless. */
final class ShippingAdvice {
    /** Fewer items say little: the first ones are slow everywhere, since the JVMs are cold. */
    private static final long FEWEST_ITEMS = 10;

    private ShippingAdvice() {}

    /**
     * Looks at what was measured, over all workers.
     *
     * @param items how many were done
     * @param workingNanos what the function took
     * @param serializingNanos what reading arguments and writing results took, in the workers
     * @param wallNanos from the first item to the last result, as the caller saw it; 0 when it is not known
     * @param workers how many there were
     * @param bytes what was sent both ways; 0 when it is not known
     * @return one sentence with the numbers, when there is something to say
     */
    static Optional<String> of(long items, long workingNanos, long serializingNanos, long wallNanos, int workers,
            long bytes) {
        if (items < FEWEST_ITEMS) {
            return Optional.empty();
        }
        double computing = (double) workingNanos / items;
        // What of the workers' time was neither computing nor idle is known only as far as they measure it; the caller's
        // own share shows as time in which no worker computed. The larger of both is the cost of shipping.
        double unused = Math.max(0, (double) wallNanos * workers - workingNanos) / workers / items;
        double shipping = Math.max((double) serializingNanos / items, unused);
        if (shipping <= computing) {
            return Optional.empty();
        }
        String size = bytes > 0 ? " (%s)".formatted(size(bytes / items)) : "";
        return Optional.of(
                "Shipping an item%s cost %s and computing it %s: larger batches, or .backend(THREADS), would be faster."
                        .formatted(size, time(shipping), time(computing)));
    }

    private static String time(double nanos) {
        if (nanos < 999.5) {
            return number(nanos) + " ns";
        } else if (nanos < 999.5e3) {
            return number(nanos / 1e3) + " us";
        } else if (nanos < 999.5e6) {
            return number(nanos / 1e6) + " ms";
        }
        return number(nanos / 1e9) + " s";
    }

    private static String size(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " bytes";
        }
        return bytes < 1 << 20 ? number(bytes / 1024.0) + " KiB" : number(bytes / 1048576.0) + " MiB";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 9.95 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
    }
}
