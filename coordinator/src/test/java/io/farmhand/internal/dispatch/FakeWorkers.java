package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.Begun;
import io.farmhand.backend.ItemTimes;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** Workers that exist only in the test: it says when they join, answer and die. */
@NullUnmarked // a null here fails the test, as it should
final class FakeWorkers implements ThreadlessSession {
    static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final long RUN_NANOS = 1000;

    /** What a worker was sent. */
    record Sent(long job, long attempt, long firstIndex, int count, int nth) {}

    /** What a worker was asked to give back. */
    record Recalled(long attempt, boolean interrupt) {}

    final List<WorkerId> launched = new ArrayList<>();
    final List<WorkerId> killed = new ArrayList<>();
    final List<WorkerId> released = new ArrayList<>();
    final Map<Integer, FakeLink> links = new HashMap<>();
    /** What the living are at, by number; unknown where nothing stands. */
    final Map<Integer, Begun> begun = new HashMap<>();
    /** Answers that the farm has not had yet to its questions what they are at. */
    final ArrayDeque<Event> looks = new ArrayDeque<>();
    /** For how many workers there was work, each time that changed. */
    final List<Integer> demands = new ArrayList<>();

    @Override
    public void launch(WorkerId key) {
        launched.add(key);
    }

    @Override
    public void release(WorkerId key) {
        released.add(key);
    }

    @Override
    public void kill(WorkerId key) {
        killed.add(key);
    }

    @Override
    public void look(WorkerId key) {
        looks.add(new Event.Looked(key, begun.getOrDefault(key.number(), Begun.UNKNOWN)));
    }

    @Override
    public void demand(int workers) {
        demands.add(workers);
    }

    @Override
    public long units(WorkerId key) {
        return 0;
    }

    /** The key of the newest process of that number. */
    WorkerId newest(int number) {
        return launched.stream().filter(key -> key.number() == number).reduce((first, second) -> second).orElseThrow();
    }

    /** The newest process of that number says Hello and, at once, that it is ready. */
    List<Event> join(int number) {
        return List.of(hello(number), new Event.WorkerReady(newest(number), EMPTY));
    }

    Event hello(int number) {
        FakeLink link = new FakeLink();
        links.put(number, link);
        return new Event.WorkerJoined(newest(number), 1000 + number, link);
    }

    /** What a worker was sent first and has not answered. */
    Sent head(int number) {
        return links.get(number).chunks.element();
    }

    /** The worker's answer to the chunk that it was sent first and has not answered. */
    Event answer(int number) {
        Sent chunk = links.get(number).chunks.remove();
        return answer(newest(number), chunk.attempt, chunk.count, true);
    }

    /** The last answer to that chunk, short of items. */
    Event answerLast(int number, int count) {
        return answer(newest(number), links.get(number).chunks.remove().attempt, count, true);
    }

    Event answerSome(int number, int count) {
        return answer(newest(number), head(number).attempt, count, false);
    }

    static Event answer(WorkerId key, long attempt, int count, boolean last) {
        return new Event.Answered(key, new Answer(attempt, count, last, RUN_NANOS, items(count), List.of(), List.of(),
                ItemTimes.NONE));
    }

    /** The whole answer to the chunk that the worker was sent first, in which one item failed. */
    Event answerFailed(int number, int place, boolean retryable) {
        Sent chunk = links.get(number).chunks.remove();
        return new Event.Answered(newest(number), new Answer(chunk.attempt, chunk.count, true, RUN_NANOS,
                items(chunk.count), List.of(place), retryable ? List.of(place) : List.of(), ItemTimes.NONE));
    }

    /** Both ends of a worker's death. */
    List<Event> die(int number, Begun begun) {
        WorkerId key = newest(number);
        return List.of(new Event.LinkClosed(key, "gone"), exit(number, begun));
    }

    Event exit(int number, Begun begun) {
        return exit(newest(number), begun);
    }

    static Event exit(WorkerId key, Begun begun) {
        return new Event.WorkerExited(key, new WorkerExit(4711, 137, begun, "Somebody did.", ""));
    }

    static ByteBuffer items(int count) {
        try {
            PayloadBuffer buffer = new PayloadBuffer();
            ValueWriter writer = new ValueWriter(buffer, 1000);
            for (int i = 0; i < count; i++) {
                writer.writeItem(i);
            }
            return buffer.detach();
        } catch (UnwritableValueException e) {
            throw new AssertionError(e);
        }
    }

    /** Keeps what it was told. */
    static final class FakeLink implements WorkerLink {
        final ArrayDeque<Sent> chunks = new ArrayDeque<>();
        final List<Long> functions = new ArrayList<>();
        final List<Long> ended = new ArrayList<>();
        final List<Recalled> recalls = new ArrayList<>();
        int dumps;
        boolean stopped;
        String cutOff = "";

        @Override
        public void function(long job, long seed, ByteBuffer function) {
            functions.add(job);
        }

        @Override
        public void function(long job, long seed, String sha256) {
            functions.add(job);
        }

        @Override
        public void blob(String sha256, ByteBuffer bytes) {}

        @Override
        public void release(String sha256) {}

        @Override
        public void chunk(long job, long attempt, long firstIndex, int count, int nth, ByteBuffer items) {
            chunks.add(new Sent(job, attempt, firstIndex, count, nth));
        }

        @Override
        public void recall(long attempt, boolean interrupt) {
            recalls.add(new Recalled(attempt, interrupt));
        }

        @Override
        public void jobEnd(long job) {
            ended.add(job);
        }

        @Override
        public void dump() {
            dumps++;
        }

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public void flush() {}

        @Override
        public void cutOff(String reason) {
            cutOff = reason;
        }
    }
}
