package io.farmhand;

import io.farmhand.task.RemoteCallable;
import java.util.Iterator;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Runs tasks on threads of this JVM, made for the run: platform threads or virtual ones. */
final class ThreadsBackend implements ParallelBackend {
    private final ThreadFactory threads;

    ThreadsBackend(boolean virtual) {
        this.threads = virtual
                ? Thread.ofVirtual().name("farm-parallel-", 0).factory()
                // A task that does not listen to its interrupt must not keep the JVM from ending.
                : Thread.ofPlatform().daemon().name("farm-parallel-", 0).factory();
    }

    @Override
    public <R extends @Nullable Object> Results<R> start(Iterator<? extends RemoteCallable<? extends R>> tasks,
            Plan plan, ParallelReport report) {
        ThreadRun<R> run = new ThreadRun<>(tasks, plan, report, threads);
        run.begin();
        return run;
    }
}
