package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.serial.Items;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;

/**
 * A worker process, and its connection, as {@code farm.proto} wants them to be. What goes up and what goes down each
 * keeps its order and takes its time; when the process dies, some of what was on its way up is lost.
 *
 * <pre>
 *   farm --down--> inbox: Function, Chunk, Recall, JobEnd, Stop, Dump
 *                    held: [attempt, attempt, ...] -> runner: item by item, as the scripts say
 *   farm <--up---- Hello, Ready, Results, Returned, Dumped, Heartbeat, Leaving
 * </pre>
 */
@NullUnmarked // a null here fails the simulation, as it should
final class SimulatedWorker implements WorkerLink {
    private static final int FUNCTION = -2;
    private static final int NOTHING = -1;
    /** A kill comes so long after it is due, at most: for the stacks, and for messages under way. */
    private static final long KILL_SLACK = SimulatedTime.millis(600);

    /** How long a worker may be idle while another has more than it can begin. */
    private static final long SHARE_NANOS = SimulatedTime.millis(120);

    /** A chunk that the worker has not answered. */
    private static final class Held {
        final SimulatedJob job;
        final long attempt;
        final long firstIndex;
        final int count;
        /** How many items it runs: fewer once it was recalled. */
        int bound;
        /** How many have ended. */
        int ended;
        boolean recalled;
        final List<ByteBuffer> outcomes = new ArrayList<>();
        final List<Integer> failed = new ArrayList<>();
        final List<Integer> retryable = new ArrayList<>();
        final List<Long> itemNanos = new ArrayList<>();
        long runNanos;

        Held(SimulatedJob job, long attempt, long firstIndex, int count) {
            this.job = job;
            this.attempt = attempt;
            this.firstIndex = firstIndex;
            this.count = count;
            this.bound = count;
        }
    }

    /** Something on its way to the farm. */
    private static final class Message {
        boolean lost;
    }

    final WorkerId key;
    final long pid;
    private final Simulation world;
    private final SimulatedTime time;
    private final Random random;
    private final Scenario scenario;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    /** All that it ever held: what it told of that may have been lost. */
    private final List<Held> received = new ArrayList<>();
    private final Set<Long> functions = new HashSet<>();
    private final Set<String> blobs = new HashSet<>();
    private final Set<Long> functionsRead = new HashSet<>();
    private final Set<Long> endedJobs = new HashSet<>();
    private final ArrayDeque<Message> onTheWay = new ArrayDeque<>();
    private long lastUp;
    private long lastDown;
    /** What the farm has said and not yet sent. */
    private final List<Runnable> said = new ArrayList<>();
    private long frozenUntil;
    /** What would have happened to it while it stood still, in its order. */
    private final ArrayDeque<Runnable> afterThaw = new ArrayDeque<>();
    private boolean joined;
    private boolean ready;
    private boolean dead;
    private boolean stopping;
    private boolean toldToStop;
    /** What ran when it died of itself. */
    private Script diedOf;
    private boolean linkClosed;
    /** Whether the farm has decided upon its end, so that nothing is charged to what it is at. */
    private boolean condemned;
    /** The item that runs, if one does. */
    private Script running;
    private Script lastBegun;
    /** Which step of the runner is awaited; later ones make it void. */
    private int turn;
    private boolean busy;
    private Begun progress = Begun.NONE;
    private long itemsBegun;
    /** When it last had anything to do. */
    private long idleSince;

    SimulatedWorker(WorkerId key, long pid, Simulation world) {
        this.key = key;
        this.pid = pid;
        this.world = world;
        this.time = world.time;
        this.random = world.random;
        this.scenario = world.scenario;
    }

    // ---- its life ----

    void start() {
        boolean stillborn = world.mishap(40);
        time.after(SimulatedTime.millis(random.nextInt(300)), () -> awake(() -> {
            if (stillborn) {
                die(1);
            } else {
                joined = true;
                up(new Event.WorkerJoined(key, pid, this));
                time.after(SimulatedTime.millis(random.nextInt(50)), () -> awake(this::becomeReady));
            }
        }));
    }

    private void becomeReady() {
        ready = true;
        idleSince = time.now();
        up(new Event.WorkerReady(key, FakeWorkers.EMPTY));
        if (scenario.heartbeatNanos() > 0) {
            beat();
        }
    }

    private void beat() {
        if (!linkClosed) {
            up(new Event.Heartbeat(key, itemsBegun * 100, 0));
            time.after(scenario.heartbeatNanos(), () -> awake(this::beat));
        }
    }

    boolean isAlive() {
        return !dead;
    }

    /** A SIGKILL, a crash, or an exit. */
    void die(int status) {
        if (dead) {
            return;
        }
        dead = true;
        if (progress.isItem()) { // also when it has just ended
            lastBegun.deaths++;
            if (running != null && !condemned) {
                lastBegun.chargeableDeaths++;
                diedOf = lastBegun;
            }
        }
        Begun begun = scenario.progressUnknown() ? Begun.UNKNOWN : progress;
        boolean untold = begun.isUnknown() || (!begun.isItem() && !begun.isFunction());
        received.forEach(
                chunk -> chunk.job.doubt(chunk.firstIndex, chunk.count, untold || begun.attempt() > chunk.attempt
                        || begun.attempt() == chunk.attempt));
        if (progress.isFunction() && !held.isEmpty()) {
            held.element().job.functionDeaths++;
        }
        int kept = random.nextInt(onTheWay.size() + 1);
        onTheWay.stream().skip(kept).forEach(message -> message.lost = true);
        time.after(random.nextInt(10_000_000), () -> {
            world.exited(this);
            world.handle(
                    new Event.WorkerExited(key, new WorkerExit(pid, status, begun, "x", "")));
        });
        if (joined && !linkClosed && random.nextInt(30) > 0) { // else nobody closes it
            closeLink();
        }
    }

    private void closeLink() {
        linkClosed = true;
        lastUp = Math.max(lastUp, time.now() + delay());
        time.at(lastUp, () -> world.handle(new Event.LinkClosed(key, "gone")));
    }

    /** The farm kills it. */
    void killed() {
        condemned = true;
        die(137);
    }

    /** It stands still for a while, as after a SIGSTOP. */
    void freeze(long nanos) {
        frozenUntil = Math.max(frozenUntil, time.now() + nanos);
        time.at(frozenUntil, this::thaw);
        if (running != null) {
            running.frozen = true;
        }
        if (!held.isEmpty()) {
            held.element().job.frozen = true;
        }
    }

    private void thaw() {
        while (time.now() >= frozenUntil && !dead && !afterThaw.isEmpty()) {
            afterThaw.remove().run();
        }
    }

    /** A SIGTERM. */
    void terminate() {
        if (ready) {
            up(new Event.WorkerLeaving(key));
        } else {
            die(143);
        }
    }

    Begun progress() {
        return dead || scenario.progressUnknown() ? Begun.UNKNOWN : progress;
    }

    // ---- messages ----

    private long delay() {
        return random.nextInt(random.nextInt(8) == 0 ? 20_000_000 : 500_000);
    }

    private void awake(Runnable action) {
        if (dead) {
            return;
        }
        if (time.now() < frozenUntil) {
            afterThaw.add(action);
        } else {
            action.run();
        }
    }

    private void up(Event event) {
        if (dead || linkClosed) {
            return;
        }
        lastUp = Math.max(lastUp, time.now() + delay());
        Message message = new Message();
        onTheWay.add(message);
        time.at(lastUp, () -> {
            onTheWay.remove(message);
            if (!message.lost) {
                world.handle(event);
            }
        });
    }

    private void down(Runnable arrival) {
        world.check(!stopping, "nothing is sent after Stop to %s", key);
        said.add(arrival);
    }

    @Override
    public void flush() {
        if (!said.isEmpty()) {
            lastDown = Math.max(lastDown, time.now() + delay());
            said.forEach(arrival -> time.at(lastDown, () -> awake(arrival)));
            said.clear();
        }
    }

    @Override
    public void function(long job, long seed, ByteBuffer function) {
        world.check(ready, "%s got a function before it was ready", key);
        world.check(functions.add(job), "%s got the function of job %d twice", key, job);
        down(() -> {});
    }

    @Override
    public void function(long job, long seed, String sha256) {
        world.check(blobs.contains(sha256), "%s got the function of job %d without its blob %s", key, job, sha256);
        function(job, seed, ByteBuffer.allocate(1));
    }

    @Override
    public void blob(String sha256, ByteBuffer bytes) {
        world.check(blobs.add(sha256), "%s got the blob %s twice", key, sha256);
        down(() -> {});
    }

    @Override
    public void release(String sha256) {
        world.check(blobs.remove(sha256), "%s is to release a blob that it has not got: %s", key, sha256);
        down(() -> {});
    }

    @Override
    public void chunk(long job, long attempt, long firstIndex, int count, int nth, ByteBuffer items) {
        SimulatedJob owner = world.job(job);
        world.check(functions.contains(job), "%s got a chunk of job %d without its function", key, job);
        world.check(held.size() <= Credits.MOST_CHUNKS, "%s holds %d chunks", key, held.size());
        Items.Cursor cursor = Items.cursor(items);
        for (int i = 0; i < count; i++) {
            world.check(SimulatedItems.index(cursor.next()) == firstIndex + i, "wrong item at %d of attempt %d", i,
                    attempt);
        }
        world.check(!cursor.hasNext(), "too many items in attempt %d", attempt);
        down(() -> {
            Held chunk = new Held(owner, attempt, firstIndex, count);
            held.add(chunk);
            received.add(chunk);
            runNext();
        });
    }

    @Override
    public void recall(long attempt, boolean interrupt) {
        down(() -> {
            for (Held chunk : held) {
                if (chunk.attempt == attempt && !chunk.recalled) {
                    boolean runs = chunk.equals(held.peek()) && running != null;
                    chunk.recalled = true;
                    chunk.bound = Math.min(chunk.bound, chunk.ended + (runs ? 1 : 0));
                    up(new Event.Returned(key, attempt, chunk.bound));
                    if (runs && interrupt) {
                        interrupt();
                    }
                }
            }
        });
    }

    @Override
    public void jobEnd(long job) {
        world.check(functions.contains(job), "%s was told the end of job %d that it does not know", key, job);
        long grace = world.job(job).options.cancelGraceNanos();
        down(() -> {
            endedJobs.add(job);
            if (running != null && held.element().job.id() == job) {
                mustBeOverBy(grace, running);
                interrupt();
            }
        });
    }

    private void interrupt() {
        running.interrupted = true;
        if (running.act == Script.Act.HANG) {
            finishItem();
        }
    }

    /** Whatever runs now must have ended, or have been killed, by then. */
    private void mustBeOverBy(long nanos, Script item) {
        int begins = item.begins;
        time.after(nanos + KILL_SLACK, () -> world.check(dead || item.begins != begins || !item.equals(running),
                "%s is still at an item that was to be over: %s", key, item));
    }

    @Override
    public void dump() {
        condemned = true;
        if (diedOf != null) { // its death came first, but the farm did not know
            diedOf.chargeableDeaths--;
        }
        down(() -> up(new Event.Dumped(key, "stacks")));
    }

    @Override
    public void stop() {
        down(() -> {
            toldToStop = true;
            runNext();
        });
        stopping = true;
    }

    @Override
    public void cutOff(String reason) {
        world.check(false, "%s was cut off: %s", key, reason);
    }

    /** Whoever is at one item for long has given the others away, if somebody is idle. */
    private void mustShare(Held chunk, int place) {
        time.after(SHARE_NANOS, () -> {
            if (sits(chunk, place)) { // its reader may have left room only now: it has a little time
                time.after(SHARE_NANOS, () -> world.check(!sits(chunk, place),
                        "%s sits on %d items of attempt %d while others are idle", key, chunk.bound - place - 1,
                        chunk.attempt));
            }
        });
    }

    private boolean sits(Held chunk, int place) {
        boolean still = !dead && chunk.equals(held.peek()) && running != null && chunk.ended == place;
        return still && !isOver(chunk) && chunk.bound > place + 1 && frozenUntil == 0 && chunk.job.mayBegin()
                && world.somebodyIsIdleBeside(this);
    }

    /** Whether it has had nothing to do for a while. */
    boolean isIdle() {
        return ready && !dead && frozenUntil == 0 && held.isEmpty() && time.now() - idleSince > SHARE_NANOS;
    }

    // ---- the runner ----

    private void then(long nanos, Runnable step) {
        int mine = ++turn;
        time.after(nanos, () -> awake(() -> {
            if (mine == turn) {
                step.run();
            }
        }));
    }

    private void runNext() {
        if (busy) {
            return;
        }
        if (held.isEmpty()) {
            if (toldToStop) {
                leave();
            }
            return;
        }
        busy = true;
        Held chunk = held.element();
        progress = new Begun(chunk.attempt, NOTHING, 0);
        if (!isOver(chunk) && functionsRead.add(chunk.job.id())) {
            progress = new Begun(chunk.attempt, FUNCTION, time.now());
            boolean kills = chunk.job.functionKills;
            then(random.nextInt(1_000_000), () -> {
                if (kills) {
                    die(139);
                } else {
                    progress = new Begun(chunk.attempt, NOTHING, 0);
                    nextItem();
                }
            });
        } else {
            then(random.nextInt(50_000), this::nextItem);
        }
    }

    private void leave() {
        busy = true;
        boolean lingers = random.nextInt(20) == 0;
        then(random.nextInt(20_000_000), () -> {
            closeLink();
            if (!lingers) {
                then(random.nextInt(20_000_000), () -> die(0));
            }
        });
    }

    private boolean isOver(Held chunk) {
        return chunk.ended >= chunk.bound || endedJobs.contains(chunk.job.id());
    }

    private void nextItem() {
        Held chunk = held.element();
        if (isOver(chunk)) {
            answer(chunk, true);
            held.remove();
            busy = false;
            idleSince = time.now();
            then(random.nextInt(20_000), this::runNext);
            return;
        }
        running = chunk.job.begins(chunk.firstIndex + chunk.ended, time.now());
        lastBegun = running;
        itemsBegun++;
        world.check(scenario.maxTasksPerWorker() == 0 || itemsBegun <= scenario.maxTasksPerWorker(),
                "%s has begun %d items", key, itemsBegun);
        progress = new Begun(chunk.attempt, chunk.ended, time.now());
        long limit = chunk.job.options.taskTimeoutNanos();
        if (limit > 0) {
            // A job that ends just before its item is due gives that its grace on top; and what cannot be told of an item is
            // waited for first.
            long unknown = scenario.progressUnknown() ? Overseer.DEATH_NANOS : 0;
            mustBeOverBy(limit + unknown + chunk.job.options.cancelGraceNanos(), running);
        }
        mustShare(chunk, chunk.ended);
        if (!running.hangs()) {
            then(running.nanos, this::finishItem);
        }
    }

    private void finishItem() {
        Held chunk = held.element();
        Script item = running;
        int place = chunk.outcomes.size();
        if (item.act == Script.Act.KILL && item.done < item.times) {
            item.done++;
            die(139);
            return;
        }
        boolean failed = item.act == Script.Act.FAIL || item.act == Script.Act.HANG;
        if (item.act == Script.Act.FAIL_RETRYABLY && item.done++ < item.times) {
            chunk.retryable.add(place);
            failed = true;
        }
        if (failed) {
            chunk.failed.add(place);
        }
        running = null;
        chunk.outcomes.add(SimulatedItems.outcome(chunk.firstIndex + chunk.ended, failed));
        long nanos = time.now() - item.begunNanos;
        chunk.itemNanos.add(nanos);
        chunk.runNanos += nanos + 1;
        chunk.ended++;
        if (random.nextBoolean()) {
            progress = new Begun(chunk.attempt, NOTHING, 0);
        }
        if (!isOver(chunk) && random.nextInt(4) == 0) {
            answer(chunk, false);
        }
        then(random.nextInt(20_000), this::nextItem);
    }

    private void answer(Held chunk, boolean last) {
        ByteBuffer items = SimulatedItems.join(chunk.outcomes);
        up(new Event.Answered(key, new Answer(chunk.attempt, chunk.outcomes.size(), last, chunk.runNanos, items,
                List.copyOf(chunk.failed), List.copyOf(chunk.retryable), Times.of(chunk.itemNanos))));
        chunk.outcomes.clear();
        chunk.failed.clear();
        chunk.retryable.clear();
        chunk.itemNanos.clear();
    }
}
