package io.farmhand.internal.dispatch;

import io.farmhand.backend.BackendSession;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The workers' places and the processes in them. Owned by the dispatcher.
 *
 * <pre>
 *  WAITING --few enough start--> STARTING --joined--> INITIALIZING --ready--> STANDBY or READY
 *                                    |                     |                       |
 *                                    '--- start failed ----'    told to leave: LEAVING, to be killed: CONDEMNED
 *                                                                                  |
 *                                            link closed or exited: LOST, until both are known; then gone
 * </pre>
 *
 * <p>A place whose occupant leaves or is condemned is filled at once: the old process is on its way out while the new
 * one starts. A place has a successor besides where its occupant is to be replaced soon.
 *
 * <p>A worker's connection and its process end apart. Its answers may still be on their way when the process is gone, so
 * it counts as lost when both ends are known; a connection without a process is given {@link #LINK_GRACE_NANOS}, a
 * process without a connection is killed.
 */
final class WorkerTable {
    /** How often a start that fails is tried again before the pool is broken. */
    static final int START_RETRIES = 3;

    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINK_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long a worker that was told to stop may take: a finalizer may run. */
    static final long STOP_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** How long a condemned worker has to tell what it is at. Longer delays the kill, shorter loses stacks. */
    private static final long DUMP_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Settings settings;
    private final BackendSession session;
    private final Timers timers;
    private final Accounts accounts;
    private final List<Place> places = new ArrayList<>();
    /** All whose end has not been dealt with, in the order of their making. */
    private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
    private final ArrayDeque<Worker> waiting = new ArrayDeque<>();
    private int starting;
    /** How many workers the pool wants. */
    private int wanted;
    /** How many there may be. */
    private int capacity;
    /** Whether all places stay empty until there is work again. */
    private boolean parked;

    WorkerTable(Settings settings, BackendSession session, Timers timers, Accounts accounts) {
        this.settings = settings;
        this.session = session;
        this.timers = timers;
        this.accounts = accounts;
        this.wanted = settings.workers();
        this.capacity = session.capacity();
    }

    Collection<Worker> all() {
        return workers.values();
    }

    // ---- how many there are ----

    /** Changes how many workers are wanted; whoever is too many finishes what it has begun and leaves. */
    void resize(int count) {
        wanted = count;
        parked = false;
        fit();
    }

    /** Changes how many there may be, as {@link #resize}. */
    void capacity(int count) {
        capacity = count;
        fit();
    }

    int wanted() {
        return wanted;
    }

    private void fit() {
        for (Place place : places) {
            if (!isNeeded(place)) {
                empty(place);
            }
        }
        if (!parked) {
            fillAll();
        }
    }

    /** Whether somebody is to be in a place; the others empty themselves. */
    private boolean isNeeded(Place place) {
        return !parked && place.number < Math.min(wanted, capacity);
    }

    /** Fills every place that is to be. */
    void fillAll() {
        parked = false;
        while (places.size() < Math.min(wanted, capacity)) {
            places.add(new Place(places.size()));
        }
        for (Place place : places) {
            fill(place);
        }
    }

    /** Lets all workers leave until there is work again. */
    void park() {
        parked = true;
        places.forEach(this::empty);
    }

    boolean isParked() {
        return parked;
    }

    private void empty(Place place) {
        dismiss(place.successor);
        dismiss(place.occupant);
    }

    private void dismiss(@Nullable Worker worker) {
        if (worker == null) {
            return;
        }
        switch (worker.state) {
            case READY, STANDBY -> leave(worker, true);
            case WAITING -> {
                waiting.remove(worker);
                forget(worker);
            }
            case STARTING, INITIALIZING -> {
                worker.stopped = true;
                kill(worker, "it was not needed any more before it was ready");
            }
            case LEAVING, CONDEMNED, LOST -> {
            }
        }
    }

    /** Sees to it that somebody is in a place: its successor, or a new process. */
    void fill(Place place) {
        if (!isNeeded(place)) {
            return;
        }
        if (place.occupant != null) {
            if (place.occupant.overweight) {
                prepareSuccessor(place); // the one before it has gone
            }
            return;
        }
        Worker next = place.successor;
        place.successor = null;
        if (next == null) {
            next = launch(place);
        }
        place.occupant = next;
        if (next.state == Worker.State.STANDBY) {
            next.state = Worker.State.READY;
        }
    }

    /** Starts whoever is to take the place next, while its occupant works on. */
    void prepareSuccessor(Place place) {
        if (place.successor == null && isNeeded(place)) {
            place.successor = launch(place);
        }
    }

    private Worker launch(Place place) {
        Worker worker = new Worker(place, new WorkerId(place.number, ++place.generation));
        workers.put(worker.key, worker);
        waiting.add(worker);
        launchWaiting();
        return worker;
    }

    private void launchWaiting() {
        while (starting < settings.maxStarting() && !waiting.isEmpty()) {
            Worker worker = waiting.remove();
            worker.state = Worker.State.STARTING;
            worker.sinceNanos = timers.nowNanos();
            starting++;
            session.launch(worker.key);
            timers.after(settings.startTimeoutNanos(), new Event.StartOverdue(worker.key));
        }
    }

    private void startEnded() {
        starting--;
        launchWaiting();
    }

    // ---- how they come ----

    void joined(WorkerId key, long pid, WorkerLink link) {
        Worker worker = find(key);
        if (worker != null && worker.state == Worker.State.STARTING) {
            worker.state = Worker.State.INITIALIZING;
            worker.pid = pid;
            worker.link = link;
            accounts.joined(worker);
        }
    }

    /** Returns the worker, if it is one that was awaited. */
    @Nullable
    Worker ready(WorkerId key) {
        Worker worker = find(key);
        if (worker == null || worker.state != Worker.State.INITIALIZING || worker.stopped) {
            return null;
        }
        startEnded();
        worker.wasReady = true;
        worker.place.startFailures = 0;
        boolean inPlace = worker.equals(worker.place.occupant);
        worker.state = inPlace ? Worker.State.READY : Worker.State.STANDBY;
        accounts.ready(worker);
        Worker occupant = worker.place.occupant;
        if (!inPlace && occupant != null && occupant.overweight && occupant.state == Worker.State.READY) {
            leave(occupant, true);
        }
        return worker;
    }

    /** A worker that is not ready in time is killed; its exit is then a failed start. */
    void startOverdue(WorkerId key) {
        Worker worker = find(key);
        if (worker != null && isStarting(worker)) {
            kill(worker, "it was not ready after " + Duration.ofNanos(settings.startTimeoutNanos()));
        }
    }

    /** Kills a worker without a sentence. */
    private void kill(Worker worker, String why) {
        worker.killedFor = why;
        session.kill(worker.key);
    }

    private static boolean isStarting(Worker worker) {
        return worker.state == Worker.State.STARTING || worker.state == Worker.State.INITIALIZING;
    }

    /**
     * A worker never became ready: its place is filled again after a while.
     *
     * @return why not, when that has been tried often enough
     */
    @Nullable
    String startFailed(Place place) {
        place.startFailures++;
        if (place.startFailures > START_RETRIES) {
            return "Worker %d could not be started %d times in a row.".formatted(place.number, place.startFailures);
        }
        timers.after(FIRST_BACKOFF_NANOS << (place.startFailures - 1), new Event.RestartDue(place));
        return null;
    }

    // ---- how they go ----

    /**
     * A worker takes no more; its place is filled.
     *
     * @param giveBack whether it is to give back what has not begun
     */
    void leave(Worker worker, boolean giveBack) {
        worker.state = Worker.State.LEAVING;
        vacate(worker);
        if (giveBack) {
            for (Attempt attempt : worker.inFlight) {
                if (!attempt.recalled) {
                    worker.recall(attempt, false);
                }
            }
        }
        stopIfDone(worker);
        fill(worker.place);
    }

    /** A worker that leaves is told to stop once it holds nothing more. */
    void stopIfDone(Worker worker) {
        if (worker.state == Worker.State.LEAVING && worker.inFlight.isEmpty() && !worker.stopped) {
            stop(worker);
        }
    }

    private void stop(Worker worker) {
        if (worker.link != null) {
            worker.stopped = true;
            worker.link.stop();
            timers.after(STOP_GRACE_NANOS, new Event.KillDue(worker.key));
        }
    }

    /** A worker is to be killed, once it has told what it is at; its place is filled. */
    void condemn(Worker worker, Sentence sentence) {
        worker.state = Worker.State.CONDEMNED;
        worker.sentence = sentence;
        vacate(worker);
        if (sentence.reason() == Sentence.Reason.SILENT || worker.link == null) {
            session.kill(worker.key);
        } else {
            worker.link.dump();
            timers.after(DUMP_GRACE_NANOS, new Event.KillDue(worker.key));
        }
        fill(worker.place);
    }

    /** What a condemned worker was at. */
    void dumped(WorkerId key, String stacks) {
        Worker worker = find(key);
        if (worker != null && worker.state == Worker.State.CONDEMNED && worker.sentence != null) {
            worker.sentence = worker.sentence.with(stacks);
            session.kill(key);
        }
    }

    /** Somebody else has told a worker to end. */
    void terminated(WorkerId key) {
        Worker worker = find(key);
        if (worker == null) {
            return;
        }
        switch (worker.state) {
            case READY, STANDBY -> {
                leave(worker, true);
                timers.after(STOP_GRACE_NANOS, new Event.KillDue(key));
            }
            case INITIALIZING -> kill(worker, "somebody told it to end before it was ready");
            case WAITING, STARTING, LEAVING, CONDEMNED, LOST -> {
            }
        }
    }

    void killDue(WorkerId key) {
        Worker worker = find(key);
        boolean goes = worker != null && (worker.state == Worker.State.LEAVING
                || worker.state == Worker.State.CONDEMNED || worker.state == Worker.State.LOST);
        if (worker == null || !goes || worker.exit != null) {
            return;
        }
        if (worker.sentence == null && worker.state == Worker.State.LEAVING) {
            Attempt head = worker.inFlight.peek();
            worker.sentence = new Sentence(Sentence.Reason.TERMINATED, head == null ? 0 : head.id, -1, 0, "");
        }
        session.kill(key);
    }

    /** Ends a worker that broke the protocol; what it held is run elsewhere once its exit is told. */
    void cutOff(Worker worker, String rule) {
        if (worker.link != null) {
            worker.link.cutOff(rule);
            worker.link = null;
        }
        lose(worker);
        kill(worker, "it broke the protocol, " + rule);
    }

    private void lose(Worker worker) {
        if (isStarting(worker)) {
            startEnded();
        }
        worker.state = Worker.State.LOST;
    }

    /** Returns the worker, if with this it is lost. */
    @Nullable
    Worker linkClosed(WorkerId key, String reason, boolean farmStops) {
        Worker worker = find(key);
        if (worker == null || worker.link == null) {
            return null;
        }
        worker.link = null;
        lose(worker);
        if (worker.exit != null) {
            return worker;
        }
        if (worker.stopped || farmStops) {
            session.release(key);
        } else {
            session.kill(key);
        }
        return null;
    }

    /** Returns the worker, if with this it is lost. */
    @Nullable
    Worker exited(WorkerId key, WorkerExit exit) {
        Worker worker = find(key);
        if (worker == null) {
            return null;
        }
        worker.exit = exit;
        lose(worker);
        if (worker.link == null) {
            return worker;
        }
        timers.after(LINK_GRACE_NANOS, new Event.LinkOverdue(key));
        return null;
    }

    /** Returns the worker, if it is lost only now. */
    @Nullable
    Worker linkOverdue(WorkerId key) {
        Worker worker = find(key);
        return worker != null && worker.exit != null ? worker : null;
    }

    /** A worker is gone for good; its place is empty, if it was there. */
    void forget(Worker worker) {
        workers.remove(worker.key);
        vacate(worker);
        worker.knows.forEach(job -> job.knownBy.remove(worker));
        worker.knows.clear();
        worker.inFlight.clear();
    }

    private static void vacate(Worker worker) {
        Place place = worker.place;
        if (worker.equals(place.occupant)) {
            place.occupant = null;
        } else if (worker.equals(place.successor)) {
            place.successor = null;
        }
    }

    /** Tells idle workers to leave and kills the others: what they are at, nobody waits for. */
    void stopAll() {
        parked = true;
        dropWaiting();
        for (Worker worker : workers.values()) {
            boolean idle = worker.state == Worker.State.READY || worker.state == Worker.State.STANDBY
                    || worker.state == Worker.State.LEAVING;
            if (!idle || !worker.inFlight.isEmpty()) {
                session.kill(worker.key);
            } else if (!worker.stopped) {
                stop(worker);
            }
        }
    }

    void killAll() {
        parked = true;
        dropWaiting();
        for (Worker worker : workers.values()) {
            session.kill(worker.key);
        }
    }

    private void dropWaiting() {
        List<Worker> never = List.copyOf(waiting);
        waiting.clear();
        never.forEach(this::forget);
    }

    boolean anyProcess() {
        return !workers.isEmpty();
    }

    // ---- whether they live ----

    /** Looks which workers have said something since the last look; those that have not for long are given up. */
    void lookForSigns(int looksBorne) {
        for (Worker worker : List.copyOf(workers.values())) {
            boolean speaks = worker.state == Worker.State.READY || worker.state == Worker.State.STANDBY
                    || worker.state == Worker.State.LEAVING;
            if (speaks && !worker.stopped && ++worker.silentLooks > looksBorne) {
                Attempt head = worker.inFlight.peek();
                condemn(worker, new Sentence(Sentence.Reason.SILENT, head == null ? 0 : head.id, -1,
                        settings.leaseNanos(), ""));
            }
        }
    }

    /** A worker tells of its memory; one that holds too much is replaced once its successor is ready. */
    void weighed(Worker worker, long rssBytes, long heapBytes) {
        worker.rssBytes = rssBytes;
        worker.heapBytes = heapBytes;
        long bytes = rssBytes > 0 ? rssBytes : heapBytes;
        if (settings.maxWorkerBytes() > 0 && bytes > settings.maxWorkerBytes() && worker.itemsDone > 0
                && worker.state == Worker.State.READY && !worker.overweight) {
            worker.overweight = true;
            prepareSuccessor(worker.place);
            Worker successor = worker.place.successor;
            if (successor != null && successor.state == Worker.State.STANDBY) {
                leave(worker, true);
            }
        }
    }

    /** What each worker is at, in the order of their numbers. */
    List<WorkerStatus> status() {
        return workers.values()
                .stream()
                .sorted(Comparator.comparingInt(Worker::number))
                .map(worker -> new WorkerStatus(worker.number(), worker.pid, state(worker), worker.itemsDone,
                        worker.rssBytes, worker.heapBytes, session.units(worker.key)))
                .toList();
    }

    private static WorkerStatus.State state(Worker worker) {
        return switch (worker.state) {
            case WAITING, STARTING -> WorkerStatus.State.STARTING;
            case INITIALIZING -> WorkerStatus.State.INITIALIZING;
            case STANDBY -> WorkerStatus.State.STANDBY;
            case READY -> worker.inFlight.isEmpty() ? WorkerStatus.State.IDLE : WorkerStatus.State.BUSY;
            case LEAVING -> WorkerStatus.State.LEAVING;
            case CONDEMNED, LOST -> WorkerStatus.State.DYING;
        };
    }

    /** A value that was broadcast is needed no more. */
    void release(String sha256) {
        for (Worker worker : workers.values()) {
            if (worker.link != null && worker.wasReady && !worker.stopped) {
                worker.link.release(sha256);
            }
        }
    }

    void flush() {
        for (Worker worker : workers.values()) {
            if (worker.link != null) {
                worker.link.flush();
            }
        }
    }

    // ---- who takes work ----

    int readyCount() {
        int ready = 0;
        for (Place place : places) {
            if (place.occupant != null && place.occupant.state == Worker.State.READY) {
                ready++;
            }
        }
        return ready;
    }

    List<Worker> idle() {
        List<Worker> idle = new ArrayList<>();
        for (Place place : places) {
            if (place.occupant != null && place.occupant.isIdle()) {
                idle.add(place.occupant);
            }
        }
        return idle;
    }

    /**
     * The ready worker that will be done first with what it holds, among those that may get another chunk.
     *
     * @param plenty whether more chunks wait than there are workers
     * @param avoid the number of the worker that is taken only when no other can be, or -1
     */
    @Nullable
    Worker leastLoaded(boolean plenty, int avoid) {
        @Nullable
        Worker best = null;
        @Nullable
        Worker avoided = null;
        for (Place place : places) {
            Worker worker = place.occupant;
            if (worker == null || worker.state != Worker.State.READY
                    || !Credits.suffice(worker.inFlight.size(), worker.heldNanos, plenty)) {
                continue;
            }
            if (place.number == avoid) {
                avoided = worker;
            } else if (best == null || worker.heldNanos < best.heldNanos) {
                best = worker;
            }
        }
        return best == null ? avoided : best;
    }

    /** How many more items a worker may be sent. */
    long budget(Worker worker) {
        return settings.maxTasksPerWorker() == 0
                ? Long.MAX_VALUE
                : settings.maxTasksPerWorker() - worker.itemsSent;
    }

    /** Sees to it that somebody takes over when a worker has had all the items that it may have. */
    void spent(Worker worker) {
        long left = budget(worker);
        if (left <= 0) {
            leave(worker, false);
        } else if (left != Long.MAX_VALUE && worker.itemsDone > 0) {
            double leftNanos = (double) worker.workNanos / worker.itemsDone * (left + worker.itemsSent
                    - worker.itemsDone);
            if (leftNanos < accounts.startNanosExpected()) {
                prepareSuccessor(worker.place);
            }
        }
    }

    /** The worker with this key, if its end has not been dealt with. */
    @Nullable
    Worker find(WorkerId key) {
        return workers.get(key);
    }
}
