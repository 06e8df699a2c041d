package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.task.ItemRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class ItemContextTest {
    @TempDir
    private Path directory;
    private ItemContext.Worker worker;

    @BeforeEach
    void openProgress() throws Exception {
        Path file = directory.resolve("progress");
        ProgressFile.create(file);
        worker = new ItemContext.Worker(3, new WorkerState(), ProgressFile.map(file));
    }

    @Test
    void anItemKnowsWhereItRuns() {
        ItemContext item = new ItemContext(worker, 42, 17, 2);
        assertThat(item.worker()).isEqualTo(3);
        assertThat(item.index()).isEqualTo(17);
        assertThat(item.attempt()).isEqualTo(2);
        ItemContext setup = ItemContext.ofSetup(worker);
        assertThat(setup.index()).isEqualTo(-1);
        assertThat(setup.attempt()).isZero();
    }

    @Test
    void itsRandomNumbersDependOnSeedAndIndexAloneAndGoOn() {
        ItemContext item = new ItemContext(worker, 42, 17, 2);
        long first = item.random().nextLong();
        long second = item.random().nextLong();
        assertThat(ItemRandom.of(42, 17).longs(2)).containsExactly(first, second);
    }

    @Test
    void progressOfAllItemsIsSummed() {
        new ItemContext(worker, 0, 0, 1).progress(2);
        new ItemContext(worker, 0, 1, 1).progress(3);
        assertThat(worker.progress().units()).isEqualTo(5);
    }

    @Test
    void aCancelledItemCanBeEnded() {
        ItemContext item = new ItemContext(worker, 0, 5, 1);
        item.checkCancelled();
        item.cancel();
        assertThatThrownBy(item::checkCancelled).isInstanceOf(CancellationException.class).hasMessageContaining("5");
    }

    @Test
    void stateIsKeptFromItemToItemByItsType() {
        ItemContext one = new ItemContext(worker, 0, 0, 1);
        ItemContext two = new ItemContext(worker, 0, 1, 1);
        one.setState(String.class, "kept");
        assertThat(two.state(String.class)).isEqualTo("kept");
        assertThat(two.state(String.class, () -> "made")).isEqualTo("kept");
        assertThat(two.state(Integer.class, () -> 1)).isEqualTo(1);
        one.setState(Integer.class, 2);
        assertThat(two.state(Integer.class)).isEqualTo(2);
    }

    @Test
    void stateThatNobodySetIsSaidToBeMissing() {
        ItemContext item = new ItemContext(worker, 0, 0, 1);
        assertThatThrownBy(() -> item.state(StringBuilder.class)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("java.lang.StringBuilder").hasMessageContaining("initializer");
        assertThatThrownBy(() -> item.state(StringBuilder.class, () -> null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> item.setState(StringBuilder.class, null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void stateMayAskForOtherStateWhileItIsMade() {
        ItemContext item = new ItemContext(worker, 0, 0, 1);
        assertThat(item.state(String.class, () -> "of " + item.state(Integer.class, () -> 7))).isEqualTo("of 7");
    }

    @Test
    void stateIsMadeOnceForAllThreadsOfATask() throws Exception {
        ItemContext item = new ItemContext(worker, 0, 0, 1);
        AtomicInteger made = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> item.state(Integer.class, made::incrementAndGet)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void stateThatCouldNotBeMadeIsTriedAgain() {
        ItemContext item = new ItemContext(worker, 0, 0, 1);
        assertThatThrownBy(() -> item.state(String.class, () -> {
            throw new IllegalArgumentException("not yet");
        })).hasMessage("not yet");
        assertThat(item.state(String.class, () -> "now")).isEqualTo("now");
    }
}
