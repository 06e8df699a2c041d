package io.farmhand;

import java.time.Duration;
import java.util.Objects;

/** Checks and converts the durations that users give. Stateless. */
final class Durations {
    /** 73 years: added to any time at hand it does not overflow. */
    private static final long MOST_NANOS = Long.MAX_VALUE / 4;
    private static final Duration MOST = Duration.ofNanos(MOST_NANOS);

    private Durations() {}

    static void checkPositive(String name, Duration duration) {
        if (!Objects.requireNonNull(duration, name).isPositive()) {
            throw new IllegalArgumentException(name + "=" + duration + " is not more than zero");
        }
    }

    static void checkNotNegative(String name, Duration duration) {
        if (Objects.requireNonNull(duration, name).isNegative()) {
            throw new IllegalArgumentException(name + "=" + duration + " is negative; zero is the least");
        }
    }

    /** In nanoseconds; what is longer than 73 years becomes that. */
    static long nanos(Duration duration) {
        return duration.compareTo(MOST) >= 0 ? MOST_NANOS : duration.toNanos();
    }
}
