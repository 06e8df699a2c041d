package io.farmhand.internal.dispatch;

import java.time.Duration;

/** The options of a test's job, each of which a test may change. */
final class TestOptions {
    static final int CRASH_RETRIES = 2;

    private boolean lazy;
    private boolean failFast;
    private Duration taskTimeout = Duration.ZERO;
    private Duration cancelGrace = Duration.ofSeconds(1);
    private int retries;
    private Duration backoff = Duration.ofMillis(100);
    private int crashRetries = CRASH_RETRIES;
    private boolean atMostOnce;

    TestOptions lazy() {
        lazy = true;
        return this;
    }

    TestOptions failFast() {
        failFast = true;
        return this;
    }

    TestOptions taskTimeout(Duration limit) {
        taskTimeout = limit;
        return this;
    }

    TestOptions cancelGrace(Duration grace) {
        cancelGrace = grace;
        return this;
    }

    TestOptions retries(int count, Duration first) {
        retries = count;
        backoff = first;
        return this;
    }

    TestOptions crashRetries(int count) {
        crashRetries = count;
        return this;
    }

    TestOptions atMostOnce() {
        atMostOnce = true;
        return this;
    }

    JobOptions build() {
        return new JobOptions(lazy, failFast, taskTimeout.toNanos(), 0, cancelGrace.toNanos(), retries,
                backoff.toNanos(), crashRetries, atMostOnce, 1);
    }
}
