package io.farmhand.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How tasks wait for what happens in other processes: they look again and again. */
final class Waiting {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Waiting() {}

    static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    /** Also until its directory is gone, with the test: whoever looks too late would wait for ever. */
    static void untilExists(String file) {
        Path path = Path.of(file);
        until(() -> Files.exists(path) || Files.notExists(path.toAbsolutePath().getParent()));
    }

    /** Waits for an interrupt. */
    static void forAnInterrupt() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /** Takes a while, whatever interrupts there are, and no core. */
    static void pass(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        until(() -> System.nanoTime() - end >= 0);
    }

    /** Keeps a core busy. */
    static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }
}
