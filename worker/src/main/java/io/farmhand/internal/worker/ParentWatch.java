package io.farmhand.internal.worker;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Halts this JVM when standard input ends: the kernel closes the pipe when the parent dies, however it dies, so no
 * worker outlives its coordinator.
 *
 * <p>A worker that was told to stop leaves by itself; the parent then closes the pipe, so that no thread of ours sits in
 * a native call, for which the JVM would wait 300 ms at its exit.
 */
final class ParentWatch {
    private static final long GRACE_SECONDS = 5;

    private final CountDownLatch leaving = new CountDownLatch(1);

    private ParentWatch() {}

    static ParentWatch start(InputStream in) {
        ParentWatch watch = new ParentWatch();
        Thread.ofPlatform().name("farm-parent-watch").daemon().start(() -> watch.run(in));
        return watch;
    }

    /** This worker leaves: the end of the input is no death any more, but leaving must come to an end, too. */
    void leave() {
        leaving.countDown();
    }

    private void run(InputStream in) {
        try {
            while (in.read() >= 0) {
                // Nothing more is ever sent; only the end counts.
            }
        } catch (IOException e) {
            // A broken pipe is an end, too.
        }
        if (leaving.getCount() == 0) {
            awaitExit();
        }
        // halt, not exit: shutdown hooks of the user's could hang, and there is nobody left to wait for them.
        Runtime.getRuntime().halt(WorkerMain.ORPHANED);
    }

    private static void awaitExit() {
        try {
            boolean _ = new CountDownLatch(1).await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // Then it is time.
        }
    }
}
