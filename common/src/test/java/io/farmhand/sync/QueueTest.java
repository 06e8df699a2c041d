package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Home;
import io.farmhand.sync.Running.Kind;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The queue in one process, after CPython's {@code _TestQueue}. */
@Timeout(120)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class QueueTest {
    private static final Duration MOMENT = Duration.ofMillis(60);

    private static Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Home.here().directory())) {
            return files.collect(Collectors.toSet());
        }
    }

    /** Those of this test: what others left is removed at any time. */
    private static Set<Path> filesSince(Set<Path> before) throws IOException {
        Set<Path> files = files();
        files.removeAll(before);
        return files;
    }

    // ---- as Python's ----

    @Test
    void givesItemsInTheOrderTheyWerePut() throws InterruptedException {
        try (Queue<Integer> queue = Queue.create()) {
            for (int i = 0; i < 1000; i++) {
                queue.put(i);
            }
            assertThat(queue).hasSize(1000);
            for (int i = 0; i < 1000; i++) {
                assertThat(queue.take()).isEqualTo(i);
            }
            assertThat(queue.isEmpty()).isTrue();
        }
    }

    @Test
    void isFullAtItsCapacityUntilAnItemIsTaken() {
        try (Queue<String> queue = Queue.create(2)) {
            assertThat(queue.remainingCapacity()).isEqualTo(2);
            assertThat(queue.offer("a")).isTrue();
            assertThat(queue.offer("b")).isTrue();
            assertThat(queue.offer("c")).isFalse();
            assertThat(queue.remainingCapacity()).isZero();
            assertThatThrownBy(() -> queue.add("c")).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("capacity=2");
            assertThat(queue.poll()).isEqualTo("a");
            assertThat(queue.offer("c")).isTrue();
            assertThat(queue.poll()).isEqualTo("b");
            assertThat(queue.poll()).isEqualTo("c");
        }
    }

    @Test
    void hasNothingToRemoveWhileItIsEmpty() {
        try (Queue<String> queue = Queue.create()) {
            assertThat(queue.poll()).isNull();
            assertThat(queue.peek()).isNull();
            assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(queue::element).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void waitsForAnItemAsLongAsItIsTold(Kind kind) throws Exception {
        try (Queue<String> queue = Queue.create()) {
            long start = System.nanoTime();
            assertThat(kind.start(() -> queue.poll(MOMENT)).result()).isNull();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(MOMENT, Duration.ofSeconds(30));
            assertThat(queue.poll(0, TimeUnit.SECONDS)).isNull();
            assertThat(queue.poll(-1, TimeUnit.SECONDS)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void waitsForRoomAsLongAsItIsTold(Kind kind) throws Exception {
        try (Queue<String> queue = Queue.create(1)) {
            queue.put("a");
            long start = System.nanoTime();
            assertThat(kind.start(() -> queue.offer("b", MOMENT)).result()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(MOMENT, Duration.ofSeconds(30));
            assertThat(queue).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aWaitingTakeGetsWhatIsPut(Kind kind) throws Exception {
        try (Queue<String> queue = Queue.create()) {
            Running<String> taking = kind.start(queue::take);
            Running.settle();
            queue.put("a");
            assertThat(taking.result()).isEqualTo("a");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aWaitingPutGoesOnWhenThereIsRoom(Kind kind) throws Exception {
        try (Queue<String> queue = Queue.create(1)) {
            queue.put("a");
            Running<Boolean> putting = kind.start(() -> queue.offer("b", Duration.ofSeconds(50)));
            Running.settle();
            assertThat(queue.take()).isEqualTo("a");
            assertThat(putting.result()).isTrue();
            assertThat(queue.take()).isEqualTo("b");
        }
    }

    @Test
    void manyWaitingTakesGetOneItemEach() throws Exception {
        try (Queue<Integer> queue = Queue.create()) {
            List<Running<Integer>> taking = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                taking.add(Kind.alternate(i).start(queue::take));
            }
            Running.settle();
            for (int i = 0; i < 20; i++) {
                queue.put(i);
            }
            List<Integer> taken = new ArrayList<>();
            for (Running<Integer> each : taking) {
                taken.add(each.result());
            }
            assertThat(taken).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).boxed().toList());
        }
    }

    // ---- items ----

    @Test
    void refusesNull() {
        try (Queue<String> queue = Queue.create()) {
            assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> queue.offer(null)).isInstanceOf(NullPointerException.class);
        }
    }

    private record Holder(Object held) implements Serializable {}

    @Test
    void anItemThatCannotBeSerializedFailsItsOwnPutWithThePath() throws InterruptedException {
        try (Queue<Object> queue = Queue.create()) {
            queue.put("before");
            assertThatThrownBy(() -> queue.put(new Holder(new Thread()))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("held");
            queue.put("after");
            assertThat(queue).containsExactly("before", "after");
        }
    }

    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("unused")
        private void readObject(ObjectInputStream in) {
            throw new UnsupportedOperationException("not here");
        }
    }

    @Test
    void anItemThatCannotBeReadIsGoneAndTheNextOneComes() throws InterruptedException {
        try (Queue<Object> queue = Queue.create()) {
            queue.put(new Unreadable());
            queue.put("next");
            assertThatThrownBy(queue::take).isInstanceOf(UncheckedIOException.class).hasMessageContaining("not here");
            assertThat(queue.take()).isEqualTo("next");
        }
    }

    private record Nested(Queue<Object> queue) implements Serializable {
        @SuppressWarnings("unused")
        private Object writeReplace() {
            queue.add("while another is written");
            return "nested";
        }
    }

    @Test
    void anItemMayUseTheQueueWhileItIsWritten() throws InterruptedException {
        try (Queue<Object> queue = Queue.create()) {
            queue.put(new Nested(queue));
            assertThat(queue).containsExactly("while another is written", "nested");
        }
    }

    @Test
    void aBigItemGoesInAndComesOutAndLeavesNothing() throws Exception {
        try (Queue<byte[]> queue = Queue.create()) {
            Set<Path> before = files();
            byte[] item = new byte[10_000_000];
            new Random(1).nextBytes(item);
            queue.put(item);
            assertThat(queue.peek()).isEqualTo(item);
            assertThat(queue.take()).isEqualTo(item);
            assertThat(filesSince(before)).isEmpty();
        }
    }

    @Test
    void aPendingInterruptIsNoHindranceToWhatDoesNotWait() throws Exception {
        try (Queue<byte[]> queue = Queue.create()) {
            Thread.currentThread().interrupt();
            assertThat(queue.offer(new byte[1])).isTrue();
            assertThat(queue.offer(new byte[1_000_000])).isTrue();
            assertThat(queue.poll()).hasSize(1);
            assertThat(queue.poll()).hasSize(1_000_000);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThatThrownBy(() -> queue.put(new byte[1])).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(queue).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whoWaitsCanBeInterruptedAndTheQueueGoesOn(Kind kind) throws Exception {
        try (Queue<String> queue = Queue.create(1)) {
            Running<String> taking = kind.start(queue::take);
            Running.settle();
            taking.interrupt();
            assertThatThrownBy(taking::result).isInstanceOf(InterruptedException.class);
            queue.put("a");
            Running<Boolean> putting = kind.start(() -> queue.offer("b", Duration.ofSeconds(50)));
            Running.settle();
            putting.interrupt();
            assertThatThrownBy(putting::result).isInstanceOf(InterruptedException.class);
            assertThat(queue).containsExactly("a");
        }
    }

    @Test
    void anInterruptedTakePassesTheWakeUpOn() throws Exception {
        try (Queue<Integer> queue = Queue.create()) {
            for (int round = 0; round < 300; round++) {
                Running<Integer> first = Kind.alternate(round).start(queue::take);
                Running<Integer> second = Kind.alternate(round / 2).start(queue::take);
                if (round % 10 == 0) {
                    Running.settle();
                }
                queue.put(round);
                first.interrupt();
                boolean firstGotIt = true;
                try {
                    assertThat(first.result()).isEqualTo(round);
                } catch (InterruptedException e) {
                    firstGotIt = false;
                }
                if (firstGotIt) {
                    queue.put(round);
                }
                assertThat(second.result()).isEqualTo(round);
            }
        }
    }

    // ---- its memory ----

    @Test
    void aLongBacklogKeepsItsOrderAndItsFilesGoAsItIsTaken() throws Exception {
        try (Queue<Integer> queue = Queue.create()) {
            Set<Path> before = files();
            for (int i = 0; i < 400_000; i++) {
                queue.put(i);
            }
            assertThat(filesSince(before)).hasSizeGreaterThan(2);
            for (int i = 0; i < 400_000; i++) {
                assertThat(queue.poll()).isEqualTo(i);
            }
            assertThat(filesSince(before)).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void isADequeOfItsItemsUnderRandomOperations() {
        Random random = new Random(7);
        for (int round = 0; round < 8; round++) {
            int capacity = round % 2 == 0 ? 5 : Integer.MAX_VALUE;
            try (Queue<byte[]> queue = Queue.create(capacity)) {
                ArrayDeque<byte[]> model = new ArrayDeque<>();
                for (int i = 0; i < 1000; i++) {
                    if (random.nextInt(100) < (i < 600 ? 60 : 40)) {
                        int sizeBits = random.nextInt(19);
                        byte[] item = new byte[random.nextInt(1 << sizeBits)];
                        Arrays.fill(item, (byte) i);
                        boolean room = model.size() < capacity;
                        assertThat(queue.offer(item)).isEqualTo(room);
                        if (room) {
                            model.add(item);
                        }
                    } else {
                        assertThat(queue.peek()).isEqualTo(model.peek());
                        assertThat(queue.poll()).isEqualTo(model.poll());
                    }
                    assertThat(queue.size()).isEqualTo(model.size());
                }
                assertThat(Arrays.deepEquals(queue.toArray(), model.toArray())).isTrue();
            }
        }
    }

    @Test
    void leavesNoFileWhenItIsClosedWithItemsInIt() throws Exception {
        Set<Path> before = files();
        for (int i = 0; i < 200; i++) {
            try (Queue<byte[]> queue = Queue.create()) {
                queue.put(new byte[100_000]);
                queue.put(new byte[100_000]);
                queue.put(new byte[300_000]);
            }
        }
        assertThat(filesSince(before)).isEmpty();
    }

    @Test
    void leavesNoFileWhenItIsForgottenWithItemsInIt() throws Exception {
        Set<Path> before = files();
        for (int i = 0; i < 5; i++) {
            Queue<byte[]> queue = Queue.create();
            queue.put(new byte[100_000]);
            queue.put(new byte[300_000]);
        }
        for (int i = 0; i < 100 && !filesSince(before).isEmpty(); i++) {
            System.gc();
            Running.settle();
        }
        assertThat(filesSince(before)).isEmpty();
    }

    // ---- as a collection ----

    @Test
    void drainsToACollection() {
        try (Queue<Integer> queue = Queue.create()) {
            queue.addAll(List.of(1, 2, 3, 4, 5));
            List<Integer> drained = new ArrayList<>();
            assertThat(queue.drainTo(drained, 2)).isEqualTo(2);
            assertThat(queue.drainTo(drained)).isEqualTo(3);
            assertThat(drained).containsExactly(1, 2, 3, 4, 5);
            assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void looksAreAnsweredFromACopy() {
        try (Queue<Integer> queue = Queue.create()) {
            queue.addAll(List.of(1, 2, 3));
            assertThat(queue.contains(2)).isTrue();
            assertThat(queue.contains(4)).isFalse();
            assertThat(queue.containsAll(List.of(1, 3))).isTrue();
            assertThat(queue.iterator()).toIterable().containsExactly(1, 2, 3);
            assertThatThrownBy(() -> queue.remove((Object) 2)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(queue.element()).isEqualTo(1);
            queue.clear();
            assertThat(queue.isEmpty()).isTrue();
        }
    }

    // ---- ends ----

    @Test
    void refusesACapacityBelowOne() {
        assertThatThrownBy(() -> Queue.create(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity=0");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void closeWakesThoseWhoWait(Kind kind) throws Exception {
        Queue<String> empty = Queue.create();
        Queue<String> full = Queue.create(1);
        full.put("a");
        Running<String> taking = kind.start(empty::take);
        Running<Boolean> putting = kind.start(() -> full.offer("b", Duration.ofSeconds(50)));
        Running.settle();
        empty.close();
        full.close();
        full.close();
        assertThatThrownBy(taking::result).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(putting::result).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(() -> full.poll()).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(() -> full.offer("c")).isInstanceOf(HandleClosedException.class);
        assertThat(full.isClosed()).isTrue();
    }

    @Test
    void handlesToOneQueueAreOneObject() throws Exception {
        try (Queue<String> queue = Queue.create()) {
            assertThat(Copies.copy(queue)).isSameAs(queue);
        }
    }

    @Test
    @SuppressWarnings("ModifyingCollectionWithItself") // that is what is tested
    void isNotDrainedToNothingNorToItself() throws InterruptedException {
        try (Queue<Integer> queue = Queue.create()) {
            assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
            queue.put(1);
            assertThatThrownBy(() -> queue.drainTo(null, 1)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> queue.drainTo(queue, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> queue.addAll(queue)).isInstanceOf(IllegalArgumentException.class);
            assertThat(queue).containsExactly(1);
        }
    }
}
