package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.shared.ShareableList;
import io.farmhand.shared.SharedBoolean;
import io.farmhand.shared.SharedBooleanArray;
import io.farmhand.shared.SharedByte;
import io.farmhand.shared.SharedByteArray;
import io.farmhand.shared.SharedChar;
import io.farmhand.shared.SharedCharArray;
import io.farmhand.shared.SharedDouble;
import io.farmhand.shared.SharedDoubleArray;
import io.farmhand.shared.SharedFloat;
import io.farmhand.shared.SharedFloatArray;
import io.farmhand.shared.SharedInt;
import io.farmhand.shared.SharedIntArray;
import io.farmhand.shared.SharedLong;
import io.farmhand.shared.SharedLongArray;
import io.farmhand.shared.SharedMemory;
import io.farmhand.shared.SharedShort;
import io.farmhand.shared.SharedShortArray;
import io.farmhand.shared.SharedStruct;
import io.farmhand.shared.SharedStructArray;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Pipe;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.sync.SimpleQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Handles to what stands in a host's memory are refused where they would leave it, with what to use instead. */
@Timeout(120)
@NullUnmarked // a null here fails the test, as it should
class ClusterHandlesTest {
    private record Point(int x, double y) {}

    /**
     * A kind of handle.
     *
     * @param what the message calls it
     * @param instead what the message says to use
     */
    private record Kind(String what, String instead, Supplier<Object> maker) {}

    private static final String VALUE = "Manager.start().value(x)";
    private static final String ARRAY = "captured as a plain array, or given to pool.broadcast";

    private static final List<Kind> KINDS = List.of(
            new Kind("a Lock", "Manager.start().lock()", Lock::create),
            new Kind("an RLock", "Manager.start().rlock()", RLock::create),
            new Kind("an RLock", "Manager.start().rlock()", () -> SharedInt.create(1).lock()),
            new Kind("a Semaphore", "Manager.start().semaphore(permits)", () -> Semaphore.create(1)),
            new Kind("a BoundedSemaphore", "Manager.start().boundedSemaphore(permits)",
                    () -> BoundedSemaphore.create(1)),
            new Kind("a Condition", "Manager.start().condition()", Condition::create),
            new Kind("an Event", "Manager.start().event()", Event::create),
            new Kind("a Barrier", "Manager.start().barrier(parties)", () -> Barrier.create(2)),
            new Kind("a Queue", "Manager.start().queue()", Queue::create),
            new Kind("a JoinableQueue", "Manager.start().joinableQueue()", JoinableQueue::create),
            new Kind("a SimpleQueue", "Manager.start().queue()", SimpleQueue::create),
            new Kind("an end of a Pipe", "Manager.start().queue(), one for each way", () -> Pipe.open().second()),
            new Kind("a SharedByte", VALUE, () -> SharedByte.create((byte) 1)),
            new Kind("a SharedShort", VALUE, () -> SharedShort.create((short) 1)),
            new Kind("a SharedChar", VALUE, () -> SharedChar.create('a')),
            new Kind("a SharedInt", VALUE, () -> SharedInt.create(1)),
            new Kind("a SharedLong", VALUE, () -> SharedLong.create(1)),
            new Kind("a SharedFloat", VALUE, () -> SharedFloat.create(1)),
            new Kind("a SharedDouble", VALUE, () -> SharedDouble.create(1)),
            new Kind("a SharedBoolean", VALUE, () -> SharedBoolean.create(true)),
            new Kind("a SharedStruct<Point>", VALUE, () -> SharedStruct.create(new Point(1, 2))),
            new Kind("a SharedByteArray", ARRAY, () -> SharedByteArray.create(1)),
            new Kind("a SharedShortArray", ARRAY, () -> SharedShortArray.create(1)),
            new Kind("a SharedCharArray", ARRAY, () -> SharedCharArray.create(1)),
            new Kind("a SharedIntArray", ARRAY, () -> SharedIntArray.create(1)),
            new Kind("a SharedLongArray", ARRAY, () -> SharedLongArray.create(1)),
            new Kind("a SharedFloatArray", ARRAY, () -> SharedFloatArray.create(1)),
            new Kind("a SharedDoubleArray", ARRAY, () -> SharedDoubleArray.create(1)),
            new Kind("a SharedDoubleArray", ARRAY, () -> SharedDoubleArray.raw(10_000)),
            new Kind("a SharedBooleanArray", ARRAY, () -> SharedBooleanArray.create(1)),
            new Kind("a SharedStructArray<Point>", ARRAY, () -> SharedStructArray.create(Point.class, 1)),
            new Kind("a ShareableList", "Manager.start().list()", () -> ShareableList.of(1, "two")),
            new Kind("a SharedMemory", "captured as an array, or given to pool.broadcast",
                    () -> SharedMemory.create(1)));

    @TempDir
    private Path directory;
    private TestCluster cluster;

    @BeforeEach
    void listen() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void eachHandleIsRefusedWithItsAlternativeBeforeAnythingIsSent() throws Exception {
        cluster.agent(1);
        SideLog log = SideLog.in(directory);
        try (Pool pool = cluster.client().build()) {
            for (Kind kind : KINDS) {
                Object handle = kind.maker().get();
                assertThatThrownBy(() -> pool.map(n -> {
                    log.append(n);
                    return String.valueOf(handle);
                }, List.of(1L, 2L))).as(kind.what()).isInstanceOfSatisfying(TaskSerializationException.class,
                        refused -> assertThat(refused.stage()).isEqualTo(Stage.FUNCTION_OUT))
                        .hasMessageContainingAll("The function was not sent", "ClusterHandlesTest.java",
                                "captured 'handle'", "is " + kind.what() + " in the shared memory of this host",
                                "the pool's workers may be on other hosts", kind.instead());
            }
            assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
            assertThat(log.runs()).isEmpty();
        }
    }

    @Test
    void itemsInitializersAndBroadcastsAreHeldToTheSame() throws Exception {
        cluster.agent(1);
        Queue<Integer> queue = Queue.create();
        try (Pool pool = cluster.client().build()) {
            List<Result<String>> results = pool.mapResults(String::valueOf, List.of(1, List.of(queue), 3));
            assertThat(results.get(0).get()).isEqualTo("1");
            assertThat(results.get(2).get()).isEqualTo("3");
            assertThat(Pools.error(results.get(1))).isInstanceOfSatisfying(TaskSerializationException.class,
                    refused -> assertThat(refused.stage()).isEqualTo(Stage.ARGUMENT_OUT))
                    .hasMessageContainingAll("a Queue", "Manager.start().queue()");
            assertThatThrownBy(() -> pool.broadcast(new ArrayList<>(List.of(queue))))
                    .isInstanceOf(TaskSerializationException.class)
                    .hasMessageContainingAll("The value was not broadcast", "a Queue", "Manager.start().queue()");
        }
        assertThatThrownBy(() -> cluster.client().initializer(() -> queue.add(1)).build())
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContainingAll("initializer", "captured 'queue'", "Manager.start().queue()");
        // On one host they are what they were.
        try (Pool local = Pools.quick().workers(1).build()) {
            local.map(queue::add, List.of(7));
            assertThat(queue.take()).isEqualTo(7);
        }
    }

    @Test
    void aHandleThatATaskMadeDoesNotComeBack() throws Exception {
        cluster.agent(1);
        try (Pool pool = cluster.client().build()) {
            for (Object result : Stream.of(0, 1).toList()) {
                assertThatThrownBy(() -> pool.submit(() -> List.of(result.equals(0)
                        ? SharedInt.create(1)
                        : Queue.create())).get(60, TimeUnit.SECONDS)).cause()
                        .isInstanceOfSatisfying(TaskSerializationException.class,
                                refused -> assertThat(refused.stage()).isEqualTo(Stage.RESULT_OUT))
                        .hasMessageContainingAll(result.equals(0) ? "a SharedInt" : "a Queue",
                                "in the shared memory of the worker's host", "Return a copy");
            }
        }
    }
}
