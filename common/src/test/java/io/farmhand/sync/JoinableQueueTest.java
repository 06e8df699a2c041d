package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.sync.Running.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The joinable queue, after CPython's {@code _TestJoinableQueue}. */
@Timeout(120)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class JoinableQueueTest {
    private static final Duration MOMENT = Duration.ofMillis(60);

    @Test
    void anEmptyOneIsJoinedAtOnce() throws Exception {
        try (JoinableQueue<String> queue = JoinableQueue.create()) {
            queue.join();
            assertThat(queue.join(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void joinReturnsWhenAllItemsAreDone() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create()) {
            queue.addAll(List.of(1, 2, 3));
            Running<Boolean> joining = Kind.VIRTUAL.start(() -> queue.join(Duration.ofSeconds(50)));
            for (int i = 0; i < 3; i++) {
                assertThat(queue.take()).isNotNull();
                Running.settle();
                assertThat(joining.isDone()).isFalse();
                queue.taskDone();
            }
            assertThat(joining.result()).isTrue();
        }
    }

    @Test
    void joinWaitsAsLongAsItIsTold() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create()) {
            queue.put(1);
            long start = System.nanoTime();
            assertThat(queue.join(MOMENT)).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(MOMENT);
        }
    }

    @Test
    void taskDoneMoreOftenThanItemsWerePutThrows() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create()) {
            queue.put(1);
            assertThat(queue.take()).isEqualTo(1);
            queue.taskDone();
            assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closeWakesWhoJoins() throws Exception {
        JoinableQueue<Integer> queue = JoinableQueue.create();
        queue.put(1);
        Running<Boolean> joining = Kind.PLATFORM.start(() -> queue.join(Duration.ofSeconds(50)));
        Running.settle();
        queue.close();
        assertThatThrownBy(joining::result).isInstanceOf(HandleClosedException.class);
    }

    @Test
    void consumersInProcessesDoAllItems() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create(10);
                Queue<Integer> done = Queue.create();
                ChildJvm _ = ChildJvm.start(() -> work(queue, done));
                ChildJvm _ = ChildJvm.start(() -> work(queue, done))) {
            for (int i = 1; i <= 500; i++) {
                queue.put(i);
            }
            queue.join();
            assertThat(done).hasSize(500);
            assertThat(done.stream().mapToInt(i -> i).sum()).isEqualTo(500 * 501 / 2);
        }
    }

    private static void work(JoinableQueue<Integer> queue, Queue<Integer> done) throws InterruptedException {
        while (true) {
            done.put(queue.take());
            queue.taskDone();
        }
    }

    @Test
    void whoJoinsIsToldOfTheItemsThatAKilledConsumerHadTaken() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create();
                ChildJvm child = ChildJvm.start(() -> {
                    queue.take();
                    queue.taskDone();
                    queue.take();
                    queue.take();
                    ChildJvm.sayAndStay("taken");
                })) {
            queue.addAll(List.of(1, 2, 3, 4));
            child.expect("taken");
            Running<Boolean> joining = Kind.PLATFORM.start(() -> queue.join(Duration.ofSeconds(50)));
            Running.settle();
            child.kill();
            assertThatThrownBy(joining::result).isInstanceOf(OwnerDiedException.class).hasMessageContaining("items=2");
            assertThat(queue.take()).isEqualTo(4);
            assertThat(queue.join(MOMENT)).isFalse();
            queue.taskDone();
            queue.join();
        }
    }

    @Test
    void whoJoinsLaterIsToldOnce() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create();
                ChildJvm child = ChildJvm.start(() -> {
                    queue.take(); // and ends in order without taskDone
                })) {
            queue.put(1);
            assertThat(child.exit()).isZero();
            assertThatThrownBy(queue::join).isInstanceOf(OwnerDiedException.class).hasMessageContaining("items=1");
            queue.join();
        }
    }

    @Test
    void anItemMayBeDoneByAnotherProcessThanItsTaker() throws Exception {
        try (JoinableQueue<Integer> queue = JoinableQueue.create();
                ChildJvm child = ChildJvm.start(() -> {
                    queue.take();
                    ChildJvm.sayAndStay("taken");
                })) {
            queue.put(1);
            child.expect("taken");
            queue.taskDone();
            child.kill();
            queue.join();
        }
    }

    @Test
    void itemsThatAreClearedAreDone() throws Exception {
        try (JoinableQueue<Object> queue = JoinableQueue.create()) {
            queue.put(1);
            queue.put(new byte[1 << 20]);
            queue.put(3);
            assertThat(queue.take()).isEqualTo(1);
            queue.clear();
            assertThat(queue).isEmpty();
            assertThat(queue.join(Duration.ZERO)).isFalse();
            queue.taskDone();
            assertThat(queue.join(Duration.ZERO)).isTrue();
            assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        }
    }
}
