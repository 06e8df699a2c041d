package io.farmhand.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Caller;
import io.farmhand.sync.OwnerDiedException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue in a server: what becomes of items that processes took which then ended. */
@NullUnmarked
@Timeout(30)
class LocalQueueTest {
    private static final int ONE = 5;
    private static final int OTHER = 6;

    private final LocalQueue<String> queue = new LocalQueue<>(10);

    private static Method method(String name, Class<?>... parameters) throws NoSuchMethodException {
        return Arrays.stream(LocalQueue.class.getMethods())
                .filter(method -> method.getName().equals(name)
                        && Arrays.equals(method.getParameterTypes(), parameters) && !method.isBridge())
                .findFirst().orElseThrow(NoSuchMethodException::new);
    }

    private String take(int slot) throws InterruptedException {
        return new Caller(slot, 1).call(queue::take);
    }

    private void takeBack(int slot, Method method, Object result) {
        new Caller(slot, 1).call(() -> {
            queue.takeBack(method, result);
            return true;
        });
    }

    private void taskDone(int slot) {
        new Caller(slot, 1).call(() -> {
            queue.taskDone();
            return true;
        });
    }

    @Test
    void whatDidNotReachItsTakerIsTheNextOnesFirst() throws Exception {
        queue.put("a");
        queue.put("b");
        takeBack(ONE, method("take"), take(ONE));
        assertThat(take(OTHER)).isEqualTo("a");
        assertThat(take(OTHER)).isEqualTo("b");
        queue.partyLeft(ONE, true);
        taskDone(OTHER);
        taskDone(OTHER);
        assertThat(queue.join(Duration.ZERO)).isTrue();
    }

    @Test
    void whatIsNoItemIsNotPutBack() throws Exception {
        queue.put("a");
        takeBack(ONE, method("offer", Object.class), true);
        takeBack(ONE, method("remove", Object.class), true);
        takeBack(ONE, method("peek"), "a");
        takeBack(ONE, method("size"), 1);
        assertThat(queue.snapshot()).containsExactly("a");
    }

    @Test
    void aTaskThatIsDoneForAnotherProcessDoesNotCountAsLostWithIt() throws Exception {
        queue.put("a");
        queue.put("b");
        assertThat(take(ONE)).isEqualTo("a");
        taskDone(OTHER);
        queue.partyLeft(ONE, true);
        assertThat(queue.join(Duration.ZERO)).isFalse();
    }

    @Test
    void whatAProcessTookAndDidNotFinishIsToldOnce() throws Exception {
        queue.put("a");
        assertThat(take(ONE)).isEqualTo("a");
        queue.partyLeft(ONE, true);
        assertThatThrownBy(() -> queue.join(Duration.ZERO)).isInstanceOf(OwnerDiedException.class)
                .hasMessageContaining("items=1");
        assertThat(queue.join(Duration.ZERO)).isTrue();
    }
}
