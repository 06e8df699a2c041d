package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.process.ExitCause;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.ProgressFile.Begun;
import io.farmhand.internal.wire.WorkerKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** Workers that exist only in the test: it says when they join, answer and die. */
@NullUnmarked // a null here fails the test, as it should
final class FakeWorkers implements WorkerSource {
    /** What a worker was sent. */
    record Sent(long job, long attempt, long firstIndex, int count) {}

    final List<WorkerKey> launched = new ArrayList<>();
    final List<WorkerKey> killed = new ArrayList<>();
    final Map<Integer, FakeLink> links = new HashMap<>();

    @Override
    public void launch(WorkerKey key) {
        launched.add(key);
    }

    @Override
    public void release(WorkerKey key) {}

    @Override
    public void kill(WorkerKey key) {
        killed.add(key);
    }

    /** The key of the newest process of that number. */
    WorkerKey newest(int number) {
        return launched.stream().filter(key -> key.number() == number).reduce((first, second) -> second).orElseThrow();
    }

    Event join(int number) {
        FakeLink link = new FakeLink();
        links.put(number, link);
        return new Event.WorkerJoined(newest(number), link);
    }

    /** The worker's answer to the chunk that it was sent first and has not answered. */
    Event answer(int number) {
        Sent chunk = links.get(number).chunks.remove();
        return new Event.ResultsArrived(newest(number), chunk.attempt, chunk.count, true, 1000, items(chunk.count));
    }

    Event answerSome(int number, int count) {
        Sent chunk = links.get(number).chunks.element();
        return new Event.ResultsArrived(newest(number), chunk.attempt, count, false, 1000, items(count));
    }

    /** Both ends of a worker's death. */
    List<Event> die(int number, Begun begun) {
        WorkerKey key = newest(number);
        return List.of(new Event.LinkClosed(key, "gone"), exit(number, begun));
    }

    Event exit(int number, Begun begun) {
        return new Event.WorkerExited(newest(number),
                new WorkerExit(4711, ExitCause.KILLED, 137, begun, "exitCode=137."));
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
        boolean stopped;
        String cutOff = "";

        @Override
        public void function(long job, ByteBuffer function) {
            functions.add(job);
        }

        @Override
        public void chunk(long job, long attempt, long firstIndex, int count, ByteBuffer items) {
            chunks.add(new Sent(job, attempt, firstIndex, count));
        }

        @Override
        public void jobEnd(long job) {
            ended.add(job);
        }

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public void cutOff(String reason) {
            cutOff = reason;
        }
    }
}
