package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.shm.ProgressFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HeldAttemptTest {
    @TempDir
    private Path directory;
    private ItemContext.Worker worker;
    private final List<Integer> returned = new ArrayList<>();

    @BeforeEach
    void openProgress() throws Exception {
        Path file = directory.resolve("progress");
        ProgressFile.create(file);
        worker = new ItemContext.Worker(0, new WorkerState(), ProgressFile.map(file));
    }

    private ItemContext item(int place) {
        return new ItemContext(worker, 0, place, 1);
    }

    private static HeldAttempt attempt(int count) {
        return new HeldAttempt(1, 1, 0, count, 1);
    }

    @Test
    void allItemsBeginWhenNobodyRecalls() {
        HeldAttempt attempt = attempt(2);
        assertThat(attempt.begin(item(0))).isTrue();
        assertThat(attempt.begin(item(1))).isTrue();
        assertThat(attempt.begin(item(2))).isFalse();
    }

    @Test
    void nothingBeginsOfAnAttemptThatWasRecalledInTheQueue() {
        HeldAttempt attempt = attempt(3);
        attempt.recall(false, returned::add);
        assertThat(returned).containsExactly(0);
        assertThat(attempt.begin(item(0))).isFalse();
    }

    @Test
    void theItemThatRunsAtARecallIsTheLast() {
        HeldAttempt attempt = attempt(3);
        assertThat(attempt.begin(item(0))).isTrue();
        attempt.recall(false, returned::add);
        assertThat(attempt.begin(item(1))).isFalse();
        assertThat(returned).containsExactly(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aRecallIsAnsweredOnceAndNeverAfterTheLastItem() {
        HeldAttempt attempt = attempt(2);
        assertThat(attempt.begin(item(0))).isTrue();
        attempt.recall(false, returned::add);
        attempt.recall(false, returned::add);
        assertThat(attempt.begin(item(1))).isFalse();
        attempt.recall(false, returned::add);
        assertThat(returned).containsExactly(1);
    }

    @Test
    void aSecondRecallInterruptsStill() {
        HeldAttempt attempt = attempt(2);
        ItemContext item = item(0);
        assertThat(attempt.begin(item)).isTrue();
        attempt.recall(false, returned::add);
        assertThat(item.isCancelled()).isFalse();
        attempt.recall(true, returned::add);
        assertThat(item.isCancelled()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(attempt.begin(item(1))).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptIsNotLeftToTheNextItem() {
        HeldAttempt attempt = attempt(2);
        assertThat(attempt.begin(item(0))).isTrue();
        Thread.currentThread().interrupt();
        ItemContext next = item(1);
        assertThat(attempt.begin(next)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(next.isCancelled()).isFalse();
    }

    @Test
    void theEndOfTheJobTellsTheItemThatRunsAndLetsNoOtherBegin() {
        HeldAttempt attempt = attempt(2);
        ItemContext item = item(0);
        assertThat(attempt.begin(item)).isTrue();
        attempt.jobEnded();
        assertThat(item.isCancelled()).isTrue();
        assertThat(attempt.begin(item(1))).isFalse();
    }

    @Test
    @Timeout(60)
    void eachItemOfARecalledAttemptIsEitherBegunOrGivenBack() throws Exception {
        int rounds = 20_000;
        SplittableRandom random = new SplittableRandom(7);
        List<HeldAttempt> attempts = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            // Some may end before their recall; of the others it meets the runner at its busiest.
            attempts.add(attempt(random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 1_000_000));
        }
        AtomicInteger[] kept = new AtomicInteger[rounds];
        CyclicBarrier start = new CyclicBarrier(2);
        int[] progress = new int[1];
        Thread recaller = Thread.ofPlatform().start(() -> {
            SplittableRandom delays = new SplittableRandom(8);
            for (int i = 0; i < rounds; i++) {
                int round = i;
                await(start);
                for (int spin = delays.nextInt(200); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                attempts.get(i).recall(true, count -> kept[round] = new AtomicInteger(count));
            }
        });
        int strayInterrupts = 0;
        int[] begun = new int[rounds];
        for (int i = 0; i < rounds; i++) {
            HeldAttempt attempt = attempts.get(i);
            await(start);
            while (attempt.begin(item(begun[i]))) {
                begun[i]++;
                for (int spin = 0; spin < 20; spin++) {
                    progress[0] += spin;
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                strayInterrupts++;
            }
        }
        recaller.join();
        int recalled = 0;
        for (int i = 0; i < rounds; i++) {
            if (kept[i] == null) {
                assertThat(begun[i]).as("begun of attempt %d, answered before its recall", i).isEqualTo(attempts.get(i)
                        .count());
            } else {
                assertThat(begun[i]).as("begun of attempt %d", i).isEqualTo(kept[i].get());
                recalled++;
            }
        }
        assertThat(strayInterrupts).isZero();
        assertThat(recalled).as("attempts recalled in time").isPositive();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
