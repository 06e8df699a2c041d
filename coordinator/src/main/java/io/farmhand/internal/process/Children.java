package io.farmhand.internal.process;

import io.farmhand.internal.jvm.LastUsers;
import io.farmhand.internal.jvm.Signals;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The child JVMs that this JVM has, and what becomes of them when it ends: daemons are asked to end, the others are
 * waited for; after a signal all are asked to end. Who is still there after a while is killed. This is what Python's
 * {@code multiprocessing.util._exit_function} does.
 *
 * <pre>
 *  the last thread of the user's ends ---> farm-process-N of each child that is no daemon keeps this JVM
 *  System.exit                        ---> farm-children-exit waits for those that are no daemons
 *  SIGTERM, SIGINT, SIGHUP            ---> farm-children-exit ends all of them
 *  SIGKILL, halt                      ---> the children's standard input ends, and they halt
 * </pre>
 *
 * <p><b>Concurrency.</b> The object's monitor guards {@code live} and the flags; it is held for looking into them.
 */
final class Children {
    /** The only ones. */
    static final Children INSTANCE = new Children();

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long KILL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicInteger started = new AtomicInteger();
    private final ChildFiles files = new ChildFiles();
    private final Set<ChildProcess> live = new HashSet<>(); // guarded by this
    private boolean hooked; // guarded by this
    private boolean ended; // guarded by this

    private Children() {}

    /** The number of the next child, from 1. */
    int next() {
        return started.incrementAndGet();
    }

    ChildFiles files() {
        return files;
    }

    /**
     * To be called before a child is started.
     *
     * @throws IllegalStateException when this JVM ends
     */
    synchronized void open() {
        if (ended) {
            throw ending();
        }
        if (!hooked) {
            try {
                LastUsers.addHook("farm-children-exit", this::exit);
            } catch (IllegalStateException e) {
                throw ending();
            }
            hooked = true;
        }
    }

    /** A child was started. False when this JVM has begun to end meanwhile: then it must not live. */
    synchronized boolean add(ChildProcess child) {
        if (ended) {
            return false;
        }
        live.add(child);
        return true;
    }

    synchronized void remove(ChildProcess child) {
        live.remove(child);
    }

    static IllegalStateException ending() {
        return new IllegalStateException("no process can be started while this JVM ends");
    }

    private synchronized List<ChildProcess> end() {
        ended = true;
        return live.stream().filter(child -> !child.outlivesParent()).toList();
    }

    private void exit() {
        List<ChildProcess> children = end();
        if (!children.isEmpty()) {
            // The JDK heeds no signal any more once hooks run. One that comes before this shows in the next line.
            Signals.onTerminate(() -> endAll(children));
            Signals.onInterrupt(() -> endAll(children));
            boolean all = Signals.endThisJvm();
            Map<Boolean, List<ChildProcess>> unwanted = children.stream()
                    .collect(Collectors.partitioningBy(child -> all || child.isDaemon()));
            endAll(unwanted.getOrDefault(true, List.of()));
            await(unwanted.getOrDefault(false, List.of()), Long.MAX_VALUE);
        }
        files.close();
    }

    private static void endAll(List<ChildProcess> children) {
        children.forEach(ChildProcess::terminate);
        if (!await(children, GRACE_NANOS)) {
            children.forEach(ChildProcess::kill);
            await(children, KILL_NANOS);
        }
    }

    private static boolean await(List<ChildProcess> children, long nanos) {
        try {
            CompletableFuture.allOf(children.stream().map(ChildProcess::onExit).toArray(CompletableFuture[]::new))
                    .get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
