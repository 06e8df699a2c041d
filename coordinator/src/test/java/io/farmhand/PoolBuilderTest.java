package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteRunnable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolBuilderTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "512k, 524288", "512M, 536870912", "4g, 4294967296", "2T, 2199023255552"})
    void readsAmountsOfMemory(String size, long bytes) {
        assertThat(MemorySize.bytes("maxWorkerMemory", size)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "4 g", "4x", "g", "99999999999999999t", "9999999999999999999999"})
    void refusesWhatIsNoAmountOfMemory(String size) {
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.builder().maxWorkerMemory(size))
                .withMessageContaining("maxWorkerMemory=" + size);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.builder().maxTasksPerWorker(0))
                .withMessageContaining("maxTasksPerWorker=0");
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.builder().keepAlive(Duration.ZERO))
                .withMessageContaining("keepAlive=PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.builder().lease(Duration.ofMillis(99)))
                .withMessageContaining("lease=PT0.099S");
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.builder().retries(1).atMostOnce())
                .withMessageContaining("atMostOnce");
    }

    @Test
    @NullUnmarked
    void namesTheOptionThatIsNull() {
        PoolBuilder builder = Pool.builder();
        Map<String, ThrowingCallable> calls = Map.of("keepAlive", () -> builder.keepAlive(null), "lease",
                () -> builder.lease(null), "taskTimeout", () -> builder.taskTimeout(null), "cancelGrace",
                () -> builder.cancelGrace(null), "maxHeap", () -> builder.maxHeap(null), "directory",
                () -> builder.directory(null), "environment", () -> builder.environment(null));
        assertThat(calls).allSatisfy((name, call) -> assertThatNullPointerException().isThrownBy(call)
                .withMessage(name));
    }

    @Test
    void refusesAnInitializerThatCannotBeSentBeforeAnythingStarts() {
        Object lock = new Object();
        assertThatThrownBy(() -> Pool.builder().initializer(lock::notifyAll).build())
                .isInstanceOfSatisfying(TaskSerializationException.class,
                        e -> assertThat(e.stage()).isEqualTo(TaskSerializationException.Stage.FUNCTION_OUT))
                .hasMessageContaining("initializer");
        assertThatThrownBy(() -> Pool.builder().finalizer(lock::notifyAll).build())
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("finalizer");
    }

    // ---- which pools are shared ----

    private static PoolOptions options(int workers, RemoteRunnable initializer, CallOptions calls) {
        return new PoolOptions(workers, List.of("-Xint"), Map.of("a", "b"), "1g", Path.of("/"), List.of(), 5,
                WorkerOutput.inherit(), calls, initializer, null, 0, 0, Duration.ofMinutes(5), Duration.ofSeconds(15),
                null);
    }

    @Test
    void poolsAreSharedByAllOptionsButTheirSize() {
        RemoteRunnable initializer = () -> {};
        assertThat(options(2, initializer, CallOptions.DEFAULT).sharedKey())
                .isEqualTo(options(5, initializer, CallOptions.DEFAULT).sharedKey())
                .hasSameHashCodeAs(options(5, initializer, CallOptions.DEFAULT).sharedKey())
                .isEqualTo(options(2, initializer, CallOptions.DEFAULT).sharedKey())
                .isNotEqualTo(options(2, initializer, CallOptions.DEFAULT.seed(1)).sharedKey());
    }

    /** An initializer that says it is any other; nobody is to ask. */
    private record Impostor() implements RemoteRunnable {
        @Override
        public void run() {}

        @Override
        public boolean equals(Object other) {
            throw new AssertionError("the user's code was run");
        }

        @Override
        public int hashCode() {
            throw new AssertionError("the user's code was run");
        }
    }

    @Test
    void theUsersOwnCodeIsComparedByIdentity() {
        Impostor impostor = new Impostor();
        List<@Nullable Object> key = options(2, impostor, CallOptions.DEFAULT).sharedKey();
        assertThat(key.equals(options(2, impostor, CallOptions.DEFAULT).sharedKey())).isTrue();
        assertThat(key.equals(options(2, new Impostor(), CallOptions.DEFAULT).sharedKey())).isFalse();
        assertThat(key.hashCode()).isEqualTo(options(2, impostor, CallOptions.DEFAULT).sharedKey().hashCode());
    }

    // ---- pools in workers of pools ----

    @Test
    void refusesAPoolThatIsTooDeep() {
        Nesting.check(2, 3);
        assertThatThrownBy(() -> Nesting.check(3, 3)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("depth=3", "maxDepth=3", "farmhand.maxDepth");
    }

    @Test
    void workersKnowTheirDepthAndTheirShareOfTheCores() {
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(Nesting.jvmArgs(1, List.of("-Xint"))).containsExactly("-Dfarmhand.depth=1",
                "-XX:ActiveProcessorCount=" + cores, "-Xint");
        assertThat(Nesting.jvmArgs(10_000, List.of())).contains("-XX:ActiveProcessorCount=1");
        assertThat(Nesting.jvmArgs(1, List.of("-XX:ActiveProcessorCount=7")))
                .containsExactly("-Dfarmhand.depth=1", "-XX:ActiveProcessorCount=7");
    }
}
