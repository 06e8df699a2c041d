package io.farmhand.internal.worker;

import java.io.IOException;
import java.io.InputStream;

/**
 * Halts this JVM when standard input ends: the kernel closes the pipe when the parent dies, however it dies, so no
 * worker outlives its coordinator.
 */
final class ParentWatch {
    private ParentWatch() {}

    static void start(InputStream in) {
        Thread.ofPlatform().name("farm-parent-watch").daemon().start(() -> {
            try {
                while (in.read() >= 0) {
                    // Nothing more is ever sent; only the end counts.
                }
            } catch (IOException e) {
                // A broken pipe is an end, too.
            }
            // halt, not exit: shutdown hooks of the user's could hang, and there is nobody left to wait for them.
            Runtime.getRuntime().halt(WorkerMain.ORPHANED);
        });
    }
}
