package io.farmhand;

import io.farmhand.backend.Answer;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Settings;
import io.farmhand.internal.dispatch.Times;
import io.farmhand.internal.observe.Screen;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.internal.wire.TaskFailure.Stage;
import io.farmhand.task.RemoteFunction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;

/** A farm whose workers are threads of this JVM: all of a call's way, but for processes and the wire. */
@NullUnmarked
final class FakeFarm implements Calls.Target, BackendSession, AutoCloseable {
    static final long MAX_PAYLOAD = 1 << 20;

    private final int workers;
    private final Dispatcher dispatcher;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("farm-dispatcher").daemon().factory());
    private final Map<WorkerId, Worker> live = new ConcurrentHashMap<>();
    private volatile Screen screen = Screen.standardError();
    private volatile boolean closed;

    FakeFarm(int workers) {
        this.workers = workers;
        dispatcher = new Dispatcher(new Settings(workers, workers, TimeUnit.SECONDS.toNanos(30),
                TimeUnit.SECONDS.toNanos(300), 0, 0, 0), new EventRelay(null));
        dispatcher.launch(this);
        dispatcher.start(loop);
    }

    Calls calls(CallOptions options) {
        return new Calls(this, MAX_PAYLOAD, options);
    }

    @Override
    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Shows the progress of calls there. */
    void showOn(Screen other) {
        screen = other;
    }

    @Override
    public Screen screen() {
        return screen;
    }

    @Override
    public int size() {
        return workers;
    }

    @Override
    public void checkRunning() {
        if (closed) {
            throw new PoolClosedException("the pool is closed");
        }
    }

    void shutdownNow() {
        closed = true;
        dispatcher.shutdownNow();
    }

    @Override
    public void close() {
        shutdownNow();
        dispatcher.terminated().join();
        loop.shutdown();
    }

    @Override
    public void launch(WorkerId key) {
        Worker worker = new Worker(key);
        live.put(key, worker);
        dispatcher.workerJoined(key, 1000 + key.number(), worker);
        dispatcher.workerReady(key, ByteBuffer.allocate(0));
    }

    @Override
    public void release(WorkerId key) {}

    @Override
    public void kill(WorkerId key) {
        end(key);
    }

    private void end(WorkerId key) {
        Worker worker = live.remove(key);
        if (worker != null) {
            worker.thread.shutdownNow();
            dispatcher.linkClosed(key, "gone");
            dispatcher.workerExited(key,
                    new WorkerExit(1000 + key.number(), 137, Begun.NONE, "It is gone.", ""));
        }
    }

    @Override
    public void look(WorkerId key) {
        dispatcher.looked(key, Begun.UNKNOWN);
    }

    @Override
    public ScheduledExecutorService start() {
        return loop;
    }

    @Override
    public void killAll() {
        live.keySet().forEach(this::end);
    }

    @Override
    public void sweep() {}

    @Override
    public long units(WorkerId key) {
        return 0;
    }

    /** One worker: a thread that runs chunks in their order. */
    private final class Worker implements WorkerLink {
        private final WorkerId key;
        private final ExecutorService thread = Executors
                .newSingleThreadExecutor(Thread.ofPlatform().name("fake-worker").daemon().factory());
        private final Map<Long, RemoteFunction<Object, Object>> functions = new ConcurrentHashMap<>();
        private final Set<Long> ended = ConcurrentHashMap.newKeySet();
        /** The attempts that have not begun; guarded by this. */
        private final Set<Long> queued = new HashSet<>();
        /** The attempts that are not answered, with how many items each has; guarded by this. */
        private final Map<Long, Integer> held = new HashMap<>();
        private long runningJob; // guarded by this
        private Thread running; // guarded by this

        Worker(WorkerId key) {
            this.key = key;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void function(long job, long seed, ByteBuffer function) {
            try {
                functions.put(job, (RemoteFunction<Object, Object>) ValueReader
                        .trusting(getClass().getClassLoader()).read(function));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void function(long job, long seed, String sha256) {
            throw new AssertionError("a function that long is not expected here: " + sha256);
        }

        @Override
        public void blob(String sha256, ByteBuffer bytes) {
            throw new AssertionError("a blob is not expected here: " + sha256);
        }

        @Override
        public void release(String sha256) {}

        @Override
        public void chunk(long job, long attempt, long firstIndex, int count, int nth, ByteBuffer items) {
            synchronized (this) {
                queued.add(attempt);
                held.put(attempt, count);
            }
            thread.execute(() -> run(job, attempt, items));
        }

        private synchronized boolean isRecalled(long attempt) {
            return !queued.remove(attempt);
        }

        private synchronized void answered(long attempt) {
            held.remove(attempt);
        }

        private void run(long job, long attempt, ByteBuffer items) {
            PayloadBuffer out = new PayloadBuffer();
            ValueWriter writer = new ValueWriter(out, MAX_PAYLOAD);
            List<Integer> failed = new ArrayList<>();
            List<Long> nanos = new ArrayList<>();
            int count = 0;
            if (!isRecalled(attempt)) {
                for (Items.Cursor cursor = Items.cursor(items); cursor.hasNext() && !ended.contains(job); count++) {
                    long began = System.nanoTime();
                    if (!apply(job, cursor.next(), writer)) {
                        failed.add(count);
                    }
                    nanos.add(System.nanoTime() - began);
                }
            }
            answered(attempt);
            dispatcher.answered(key, new Answer(attempt, count, true, 1_000_000, out.detach(), failed, List.of(),
                    Times.of(nanos)));
        }

        private boolean apply(long job, ByteBuffer item, ValueWriter writer) {
            Object argument = null;
            try {
                argument = ValueReader.trusting(getClass().getClassLoader()).read(item);
                Object result;
                begin(job);
                try {
                    result = functions.get(job).apply(argument);
                } finally {
                    finish();
                }
                writer.writeItem(result);
                return true;
            } catch (Throwable e) {
                PayloadBuffer exception = new PayloadBuffer();
                try {
                    new ValueWriter(exception, MAX_PAYLOAD).writeValue(e);
                } catch (Exception unwritable) {
                    exception.truncate(0);
                }
                writer.writeFailure(
                        new TaskFailure(Stage.RUNNING, e.getClass().getName(), String.valueOf(e.getMessage()),
                                "a stack", Preview.of(argument), exception.detach()).encode());
                return false;
            }
        }

        private synchronized void begin(long job) {
            runningJob = job;
            running = Thread.currentThread();
        }

        private synchronized void finish() {
            running = null;
            boolean _ = Thread.interrupted();
        }

        @Override
        public synchronized void recall(long attempt, boolean interrupt) {
            Integer count = held.get(attempt);
            if (count != null) {
                dispatcher.returned(key, attempt, queued.remove(attempt) ? 0 : count);
            }
        }

        @Override
        public synchronized void jobEnd(long job) {
            ended.add(job);
            if (running != null && runningJob == job) {
                running.interrupt();
            }
        }

        @Override
        public void dump() {
            dispatcher.dumped(key, "a stack");
        }

        @Override
        public void stop() {
            end(key);
        }

        @Override
        public void flush() {}

        @Override
        public void cutOff(String reason) {
            end(key);
        }
    }
}
