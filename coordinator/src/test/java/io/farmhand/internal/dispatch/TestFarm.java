package io.farmhand.internal.dispatch;

import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.OrderedGather;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Window;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;

/** A farm on fake workers and a clock that stands still until the test moves it. */
@NullUnmarked // a null here fails the test, as it should
final class TestFarm {
    static final Settings TWO_WORKERS = new Settings(2, 2, Duration.ofSeconds(60).toNanos(), 0, 0, 0, 0);

    final FakeWorkers workers = new FakeWorkers();
    private long now = 1;
    final Timers timers = new Timers(() -> now);
    final Farm farm;
    /** How workers ended, in words. */
    final List<String> diagnoses = new ArrayList<>();
    private final Settings settings;
    private long lastJob;

    TestFarm() {
        this(TWO_WORKERS);
    }

    TestFarm(Settings settings) {
        this.settings = settings;
        this.farm = new Farm(settings, workers, timers, new FarmListener() {
            @Override
            public void workerEnded(int worker, long pid, boolean expected, int repeated, String diagnosis) {
                diagnoses.add(diagnosis);
            }
        });
    }

    long now() {
        return now;
    }

    void handle(Event... events) {
        for (Event event : events) {
            farm.handle(event);
            while (!workers.looks.isEmpty()) {
                farm.handle(workers.looks.remove());
            }
        }
        farm.assign();
    }

    void handle(List<Event> events) {
        handle(events.toArray(Event[]::new));
    }

    /** Moves the clock on, timer by timer. */
    void pass(Duration time) {
        long until = now + time.toNanos();
        while (timers.untilNextNanos() <= until - now) {
            now += timers.untilNextNanos();
            handle(timers.pollDue());
        }
        now = until;
    }

    /** Starts the farm, and all its workers join. */
    TestFarm started() {
        farm.start();
        for (int worker = 0; worker < settings.workers(); worker++) {
            handle(workers.join(worker));
        }
        return this;
    }

    FakeWorkers.FakeLink link(int worker) {
        return workers.links.get(worker);
    }

    Job open(TestOptions options) {
        return open(options, new Window(100, 1000, 1 << 20, false));
    }

    Job open(TestOptions options, Window window) {
        Job job = new Job(++lastJob, ByteBuffer.allocate(1), null, options.build(), new OrderedGather(window),
                ChunkSizer.fixed(1));
        Gather gather = job.gather;
        gather.whenDrained(() -> handle(new Event.ReaderCaughtUp(job)));
        handle(new Event.JobOpened(job));
        return job;
    }

    void submit(Job job, long firstIndex, int count) {
        ByteBuffer items = FakeWorkers.items(count);
        job.gather.opened(count, items.remaining());
        handle(new Event.ChunkSubmitted(new Chunk(job, firstIndex, count, items, 1)));
    }

    /** A job of one chunk, and its input's end. */
    Job run(TestOptions options, int items) {
        Job job = open(options);
        submit(job, 0, items);
        handle(new Event.InputEnded(job));
        return job;
    }

    CompletableFuture<Boolean> withdraw(Job job) {
        CompletableFuture<Boolean> untouched = new CompletableFuture<>();
        handle(new Event.JobWithdrawn(job, untouched));
        return untouched;
    }

    List<WorkerStatus> status() {
        CompletableFuture<List<WorkerStatus>> answer = new CompletableFuture<>();
        handle(new Event.WorkersAsked(answer));
        return answer.join();
    }

    /** The worker that holds something: there has to be one. */
    int holder() {
        return workers.links.keySet()
                .stream()
                .filter(worker -> !link(worker).chunks.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    static List<Run> drain(Job job) throws InterruptedException {
        List<Run> runs = new ArrayList<>();
        for (Run run = job.gather.take(); run != null; run = job.gather.take()) {
            runs.add(run);
            if (run instanceof Run.JobFailed) {
                break;
            }
        }
        return runs;
    }
}
