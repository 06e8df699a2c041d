package io.farmhand.internal.worker;

import io.farmhand.internal.jvm.Launch;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The standard input of a {@code JvmProcess}'s JVM: the launch message, then orders, then its end, which is the parent's
 * death and halts this JVM. Taken on the main thread, then owned by the thread {@code farm-lifeline}.
 *
 * <p><b>The JVM's exit</b> waits 300 ms for a thread that sits in a native call, as reading does. So the pipe is opened a
 * second time as a channel, whose reader an interrupt wakes when the JVM begins to end. An end that takes longer than a
 * moment, since shutdown hooks do, is watched again, by the descriptor that was there from the first.
 */
final class Lifeline {
    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    /** Longer leaves a JVM whose parent dies meanwhile alive for longer; shorter makes more exits wait 300 ms. */
    private static final long EXIT_MILLIS = 1000;

    private final Thread main = Thread.currentThread();
    private final InputStream first;
    private boolean outlivesParent; // set before the thread starts

    private Lifeline(InputStream first) {
        this.first = first;
    }

    /** Takes the standard input away from the user's code, for which it is empty from now on. */
    static Lifeline take() {
        System.setIn(InputStream.nullInputStream());
        return new Lifeline(open());
    }

    @SuppressWarnings("StreamResourceLeak") // as long as this JVM lives
    private static InputStream open() {
        try {
            return Channels.newInputStream(FileChannel.open(STANDARD_INPUT));
        } catch (IOException e) { // not Linux, or not our own pipe: then the exit takes longer
            return new FileInputStream(FileDescriptor.in);
        }
    }

    /** What this JVM is to do. */
    Launch launch() throws IOException {
        return Launch.read(first);
    }

    /** Begins to watch. */
    void watch(boolean withoutEnd) {
        outlivesParent = withoutEnd;
        Thread thread = Thread.ofPlatform().name("farm-lifeline").daemon().start(this::run);
        Runtime.getRuntime().addShutdownHook(new Thread(thread::interrupt, "farm-lifeline-end"));
    }

    private void run() {
        try {
            obey(first);
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            awaitExit();
            obeyQuietly(new FileInputStream(FileDescriptor.in));
        } catch (IOException e) {
            // A broken pipe is an end, too.
        }
        if (!outlivesParent) {
            // halt, not exit: shutdown hooks of the user's could hang, and there is nobody left to wait for them.
            Runtime.getRuntime().halt(WorkerMain.ORPHANED);
        }
    }

    private void obeyQuietly(InputStream in) {
        try {
            obey(in);
        } catch (IOException e) {
            return;
        }
    }

    /** Carries out orders until the end of the input. */
    private void obey(InputStream in) throws IOException {
        for (int order = in.read(); order >= 0; order = in.read()) {
            if (order == Launch.INTERRUPT) {
                main.interrupt();
            }
        }
    }

    private static void awaitExit() {
        try {
            boolean _ = new CountDownLatch(1).await(EXIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return; // whoever does that, the rest is to go on
        }
    }
}
