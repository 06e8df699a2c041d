package io.farmhand.internal.security;

import java.util.concurrent.TimeUnit;

/** Bounds how often something happens: so often a second, after a burst; a token bucket. For one thread. */
public final class Rate {
    private final double perNano;
    private final double burst;
    private double left;
    private long atNanos;

    /** One whose burst is still to come. */
    public Rate(int perSecond, int burst, long nowNanos) {
        this.perNano = perSecond / (double) TimeUnit.SECONDS.toNanos(1);
        this.burst = burst;
        this.left = burst;
        this.atNanos = nowNanos;
    }

    /** Whether it may happen now; then it counts. */
    public boolean allows(long nowNanos) {
        left = Math.min(burst, left + (nowNanos - atNanos) * perNano);
        atNanos = nowNanos;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
