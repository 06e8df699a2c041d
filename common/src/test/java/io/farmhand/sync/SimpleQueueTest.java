package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.sync.Running.Kind;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The simple queue, after CPython's {@code _TestSimpleQueue}. */
@Timeout(120)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class SimpleQueueTest {
    @Test
    void isEmptyUntilSomethingIsPut() throws Exception {
        try (SimpleQueue<Object> queue = SimpleQueue.create()) {
            assertThat(queue.isEmpty()).isTrue();
            queue.put(true);
            assertThat(queue.isEmpty()).isFalse();
            assertThat(queue.take()).isEqualTo(true);
            assertThat(queue.isEmpty()).isTrue();
        }
    }

    @Test
    void givesToAnotherProcessWhatIsPut() throws Exception {
        try (SimpleQueue<Object> there = SimpleQueue.create();
                SimpleQueue<Object> back = SimpleQueue.create();
                ChildJvm child = ChildJvm.start(() -> back.put(there.take() + "!"))) {
            there.put("ho");
            assertThat(back.take()).isEqualTo("ho!");
            assertThat(child.exit()).isZero();
        }
    }

    @Test
    void closeWakesWhoTakes() throws Exception {
        SimpleQueue<Object> queue = SimpleQueue.create();
        Running<Object> taking = Kind.VIRTUAL.start(queue::take);
        Running.settle();
        queue.close();
        assertThatThrownBy(taking::result).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(() -> queue.put("a")).isInstanceOf(HandleClosedException.class);
    }
}
