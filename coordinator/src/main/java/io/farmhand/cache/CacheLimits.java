package io.farmhand.cache;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How much {@link Memory#reduceSize} leaves. Immutable: each method gives changed limits. */
public final class CacheLimits {
    /** All of it. */
    static final CacheLimits NONE = new CacheLimits(Long.MAX_VALUE, Long.MAX_VALUE, null);

    private final long bytes;
    private final long items;
    private final @Nullable Duration age;

    private CacheLimits(long bytes, long items, @Nullable Duration age) {
        this.bytes = bytes;
        this.items = items;
        this.age = age;
    }

    /**
     * At most so many bytes, of all files together.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public CacheLimits bytes(long most) {
        return new CacheLimits(checked("bytes", most), items, age);
    }

    /**
     * At most so many results.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public CacheLimits items(long most) {
        return new CacheLimits(bytes, checked("items", most), age);
    }

    /**
     * None that was not used for so long, by this host's clock.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public CacheLimits age(Duration most) {
        if (Objects.requireNonNull(most, "age").isNegative()) {
            throw new IllegalArgumentException("age=" + most + " is negative");
        }
        return new CacheLimits(bytes, items, most);
    }

    private static long checked(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + "=" + value + " is negative");
        }
        return value;
    }

    long bytes() {
        return bytes;
    }

    long items() {
        return items;
    }

    @Nullable
    Duration age() {
        return age;
    }
}
