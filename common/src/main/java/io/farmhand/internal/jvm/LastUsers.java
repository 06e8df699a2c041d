package io.farmhand.internal.jvm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * Shutdown hooks that another one waits for: all hooks run at once, and what a process shares must not be gone while its
 * children, for which it waits at its end, still use it.
 */
public final class LastUsers {
    private static final List<CountDownLatch> AT_WORK = new CopyOnWriteArrayList<>();

    private LastUsers() {}

    /**
     * Adds a hook that waits for users.
     *
     * @param name its thread's name
     * @throws IllegalStateException when the JVM ends already
     */
    public static void addHook(String name, Runnable hook) {
        CountDownLatch done = new CountDownLatch(1);
        AT_WORK.add(done);
        boolean added = false;
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    hook.run();
                } finally {
                    done.countDown();
                }
            }, name));
            added = true;
        } finally {
            if (!added) {
                AT_WORK.remove(done);
            }
        }
    }

    /** In another hook: waits until those have run. */
    public static void await() {
        try {
            for (CountDownLatch done : AT_WORK) {
                done.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
