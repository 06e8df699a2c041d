package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.backend.Backend;
import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Capability;
import io.farmhand.internal.local.LocalBackend;
import io.farmhand.internal.process.MemorySize;
import io.farmhand.task.RemoteRunnable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
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
                null, LocalBackend.INSTANCE);
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
    void workersKnowTheirDepth() {
        assertThat(Nesting.jvmArgs(List.of("-Xint"))).containsExactly("-Dfarmhand.depth=1", "-Xint");
    }

    /** A backend that can do nothing but run chunks. */
    private record Bare() implements Backend {
        @Override
        public String name() {
            return "bare";
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public int defaultWorkers() {
            return 1;
        }

        @Override
        public BackendSession open(BackendOrder order, BackendSink sink) {
            throw new AssertionError("the options should have been refused");
        }
    }

    @Test
    void refusesAnOptionThatTheBackendCannotProvideFor() {
        Map<String, UnaryOperator<PoolBuilder>> options = new HashMap<>();
        options.put("jvmArgs", builder -> builder.jvmArgs("-Xint"));
        options.put("maxHeap", builder -> builder.maxHeap("1g"));
        options.put("environment", builder -> builder.environment(Map.of("a", "b")));
        options.put("directory", builder -> builder.directory(Path.of("/")));
        options.put("output", builder -> builder.output(WorkerOutput.inherit()));
        options.put("initializer", builder -> builder.initializer(() -> {}));
        options.put("finalizer", builder -> builder.finalizer(() -> {}));
        options.put("maxTasksPerWorker", builder -> builder.maxTasksPerWorker(1));
        options.put("maxWorkerMemory", builder -> builder.maxWorkerMemory("1g"));
        options.put("taskTimeout", builder -> builder.taskTimeout(Duration.ofSeconds(1)));
        options.put("atMostOnce", PoolBuilder::atMostOnce);
        options.forEach((name, set) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> set.apply(Pool.builder().backend(new Bare())).build())
                .withMessageContainingAll("option=" + name, "backend=bare"));
    }
}
