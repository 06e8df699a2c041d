package io.farmhand.internal.sync;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.LocalPlace;
import io.farmhand.sync.Queue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of a queue, checked by Lincheck against a plain one: in shared memory, and in memory of this JVM, where
 * each thread is one of another process.
 */
@Timeout(120)
@NullUnmarked
class QueueLinearizabilityTest {
    private static final int CAPACITY = 2;
    private static final Duration MOMENT = Duration.ofNanos(20_000);

    @ParameterizedTest
    @ValueSource(classes = {Queues.Shared.class, Queues.Local.class})
    void eachHistoryOfAQueueIsOneOfAQueue(Class<?> operations) {
        new StressOptions().iterations(10)
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(4)
                .actorsBefore(1)
                .actorsAfter(1)
                .sequentialSpecification(Queues.Plain.class)
                .check(operations);
    }

    /** The operations of a queue. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "item", gen = IntGen.class, conf = "1:5")
    public abstract static class Queues {
        private final Queue<Integer> queue;

        Queues(Queue<Integer> queue) {
            this.queue = queue;
        }

        private static <R> R by(int thread, Supplier<R> operation) {
            return new Caller(1 + thread, 100 + thread).call(operation::get);
        }

        private static <R> R uninterrupted(java.util.concurrent.Callable<R> operation) {
            try {
                return operation.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        /** Puts. */
        @Operation
        public boolean offer(@Param(name = "thread") int thread, @Param(name = "item") int item) {
            return by(thread, () -> queue.offer(item));
        }

        /** Puts within a moment. */
        @Operation
        public boolean offerForAMoment(@Param(name = "thread") int thread, @Param(name = "item") int item) {
            return by(thread, () -> uninterrupted(() -> queue.offer(item, MOMENT)));
        }

        /** Takes. */
        @Operation
        public Integer poll(@Param(name = "thread") int thread) {
            return by(thread, queue::poll);
        }

        /** Takes within a moment. */
        @Operation
        public Integer pollForAMoment(@Param(name = "thread") int thread) {
            return by(thread, () -> uninterrupted(() -> queue.poll(MOMENT)));
        }

        /** Looks. */
        @Operation
        public Integer peek(@Param(name = "thread") int thread) {
            return by(thread, queue::peek);
        }

        /** Counts. */
        @Operation
        public int size(@Param(name = "thread") int thread) {
            return by(thread, queue::size);
        }

        /** In shared memory. */
        public static final class Shared extends Queues {
            /** Made by Lincheck for each history. */
            public Shared() {
                super(Queue.create(CAPACITY));
            }
        }

        /** In memory of this JVM. */
        public static final class Local extends Queues {
            /** Made by Lincheck for each history. */
            public Local() {
                super(local());
            }

            private static Queue<Integer> local() {
                LocalPlace place = new LocalPlace(QueueStore.SIZE_BYTES);
                QueueStore.capacity(place, CAPACITY);
                return new SharedQueue<>(place);
            }
        }

        /** What is right. */
        public static final class Plain {
            private final ArrayDeque<Integer> items = new ArrayDeque<>();

            /** Puts. */
            public boolean offer(int thread, int item) {
                return items.size() < CAPACITY && items.offer(item);
            }

            /** Puts. */
            public boolean offerForAMoment(int thread, int item) {
                return offer(thread, item);
            }

            /** Takes. */
            public Integer poll(int thread) {
                return items.poll();
            }

            /** Takes. */
            public Integer pollForAMoment(int thread) {
                return items.poll();
            }

            /** Looks. */
            public Integer peek(int thread) {
                return items.peek();
            }

            /** Counts. */
            public int size(int thread) {
                return items.size();
            }
        }
    }
}
