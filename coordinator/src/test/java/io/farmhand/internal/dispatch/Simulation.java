package io.farmhand.internal.dispatch;

import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;

/**
 * A whole farm with everything around it simulated: the clock, the processes, their connections, the callers. All that
 * happens follows from one number.
 *
 * <pre>
 *   SimulatedJob (feeder) --- ChunkSubmitted ----.                      .-- function, chunk, recall --> SimulatedWorker
 *                                                 +--> Farm (the real) -+                                |   |   |
 *   SimulatedWorker -- Answered, Returned, ... --'          |            '-- launch, kill                '- Script -'
 *        ^                                                  '--> Gather (the real) --> SimulatedJob (reader): checks
 *        '-- kill -9, SIGTERM, SIGSTOP by the Scenario
 * </pre>
 */
@NullUnmarked // a null here fails the simulation, as it should
final class Simulation implements ThreadlessSession {
    private static final int MOST_STEPS = 300_000;
    /** All is over by then, after the last trouble. */
    private static final long BOUND = SimulatedTime.millis(120_000);
    private static final int LOOK_EVERY = 16;
    /** How long a question what a worker is at takes to come there, and the answer to come back, at most. */
    private static final int LOOK_NANOS = 5_000_000;

    final SimulatedTime time = new SimulatedTime();
    final Random random;
    final Scenario scenario;
    private final long seed;
    private final Timers timers;
    private final Farm farm;
    private final Map<Long, SimulatedJob> jobs = new LinkedHashMap<>();
    private final Map<WorkerId, SimulatedWorker> workers = new LinkedHashMap<>();
    private int steps;
    private int mishapsLeft;
    private boolean assignDue;
    private boolean closing;
    private int launches;
    private int exits;

    Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.scenario = Scenario.draw(random);
        this.timers = new Timers(time::now);
        this.farm = new Farm(scenario.settings(), this, timers, new FarmListener() {});
        this.mishapsLeft = scenario.mishaps();
    }

    /** Runs it to its end; fails with the seed when a rule is broken. */
    void run() {
        try {
            plan();
            farm.start();
            while (!isOver()) {
                step();
            }
            check(launches == exits, "%d workers were launched, %d have exited", launches, exits);
            check(status().isEmpty(), "workers are left: %s", status());
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed=%d at %d ms, step %d: %s%n%s%n%s%n%s".formatted(seed,
                    time.now() / 1_000_000, steps, e.getMessage(), scenario, jobs.values(), status()), e);
        }
    }

    private void plan() {
        for (long id = 1; id <= scenario.jobs(); id++) {
            SimulatedJob job = new SimulatedJob(id, this);
            jobs.put(id, job);
            time.after(SimulatedTime.millis(random.nextInt(1500)), job::open);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            int size = 1 + random.nextInt(5);
            time.after(random.nextLong(scenario.troubleNanos()), () -> handle(new Event.ResizeRequested(size)));
        }
        for (int i = 0; i < scenario.mishaps(); i++) {
            time.after(random.nextLong(scenario.troubleNanos()), this::trouble);
        }
        if (scenario.closeNanos() > 0) {
            time.after(scenario.closeNanos(), this::closeFarm);
        }
    }

    private void trouble() {
        List<SimulatedWorker> alive = workers.values().stream().filter(SimulatedWorker::isAlive).toList();
        if (alive.isEmpty() || mishapsLeft == 0) {
            return;
        }
        mishapsLeft--;
        SimulatedWorker victim = alive.get(random.nextInt(alive.size()));
        switch (random.nextInt(4)) {
            case 0 -> victim.terminate();
            case 1 -> victim.freeze(SimulatedTime.millis(random.nextInt(Scenario.oneIn(random, 4) ? 15_000 : 800)));
            default -> victim.die(137);
        }
    }

    /** Whether something is to go wrong now, with a chance of one in so many. */
    boolean mishap(int oneIn) {
        if (mishapsLeft == 0 || !Scenario.oneIn(random, oneIn)) {
            return false;
        }
        mishapsLeft--;
        return true;
    }

    private void closeFarm() {
        closing = true;
        handle(scenario.shutdown() ? new Event.ShutdownRequested() : new Event.CloseRequested());
    }

    boolean isClosing() {
        return closing;
    }

    long bound() {
        return BOUND;
    }

    // ---- the run ----

    private boolean isOver() {
        return farm.terminated().isDone() && jobs.values().stream().allMatch(SimulatedJob::isOver);
    }

    private void step() {
        steps++;
        check(steps < MOST_STEPS, "no end is in sight");
        long next = Math.min(timers.untilNextNanos(), time.untilNextNanos());
        if (assignDue && next > 0) {
            assign();
            next = Math.min(timers.untilNextNanos(), time.untilNextNanos());
        }
        check(next < Long.MAX_VALUE, "nothing is left to happen");
        time.advance(next);
        check(time.now() < scenario.troubleNanos() + BOUND, "it takes too long");
        if (time.untilNextNanos() > 0 || (timers.untilNextNanos() == 0 && random.nextBoolean())) {
            handle(timers.pollDue());
        } else {
            time.step();
        }
        if (assignDue && !Scenario.oneIn(random, 4)) { // several events may come at once
            assign();
        }
        jobs.values().forEach(SimulatedJob::look);
        if (steps % LOOK_EVERY == 0) {
            checkPlaces();
        }
        if (!closing && scenario.closeNanos() == 0 && jobs.values().stream().allMatch(SimulatedJob::isOver)) {
            closeFarm();
        }
    }

    /** Something comes to the farm's inbox. */
    void handle(Event event) {
        farm.handle(event);
        assignDue = true;
    }

    private void assign() {
        assignDue = false;
        farm.assign();
        farm.flush();
    }

    private List<WorkerStatus> status() {
        CompletableFuture<List<WorkerStatus>> answer = new CompletableFuture<>();
        farm.handle(new Event.WorkersAsked(answer));
        return answer.join();
    }

    private void checkPlaces() {
        int taking = 0;
        for (WorkerStatus worker : status()) {
            if (worker.state() == WorkerStatus.State.IDLE || worker.state() == WorkerStatus.State.BUSY) {
                check((taking & 1 << worker.number()) == 0, "two processes in place %d", worker.number());
                taking |= 1 << worker.number();
            }
        }
    }

    /** Whether the farm has two processes in their places of which this one is busy and the other idle. */
    boolean somebodyIsIdleBeside(SimulatedWorker busy) {
        List<WorkerStatus> all = status();
        boolean inPlace = all.stream()
                .anyMatch(status -> status.pid() == busy.pid && status.state() == WorkerStatus.State.BUSY);
        return inPlace && all.stream()
                .filter(status -> status.state() == WorkerStatus.State.IDLE)
                .anyMatch(status -> workers.values()
                        .stream()
                        .anyMatch(worker -> worker.pid == status.pid() && worker.isIdle()));
    }

    SimulatedJob job(long id) {
        return jobs.get(id);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is of a library that the module does not name
    void check(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new AssertionError(message.formatted(values));
        }
    }

    // ---- the processes ----

    @Override
    public void launch(WorkerId key) {
        launches++;
        SimulatedWorker worker = new SimulatedWorker(key, launches, this);
        workers.put(key, worker);
        worker.start();
    }

    void exited(SimulatedWorker worker) {
        exits++;
        workers.remove(worker.key);
    }

    @Override
    public void release(WorkerId key) {
        // A simulated worker does not wait for it.
    }

    @Override
    public void kill(WorkerId key) {
        SimulatedWorker worker = workers.get(key);
        if (worker != null) {
            worker.killed();
        }
    }

    @Override
    public void look(WorkerId key) {
        time.after(random.nextInt(LOOK_NANOS), () -> {
            SimulatedWorker worker = workers.get(key);
            Begun begun = worker == null ? Begun.UNKNOWN : worker.progress();
            time.after(random.nextInt(LOOK_NANOS), () -> handle(new Event.Looked(key, begun)));
        });
    }

    @Override
    public long units(WorkerId key) {
        return 0;
    }
}
