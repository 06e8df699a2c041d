package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Pipe;
import io.farmhand.task.RemoteFunction;
import java.io.EOFException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends of pipes that tasks capture, or are given. */
@FarmTest(replacesWorkers = true)
class PipesInPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private static void assertEndOfFile(Connection end) throws Exception {
        assertThat(end.poll(PATIENCE)).isTrue();
        assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
    }

    /** In a worker. */
    private static int sendAndClose(Connection other, int item) throws Exception {
        try (other) {
            other.send(item);
        }
        return item;
    }

    @Test
    void eachWorkerOfACallGetsTheEndThatTheFunctionCapturedAndTheCallsEndIsItsEnd() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Pool pool = Pools.quick().workers(1).maxTasksPerWorker(1).build(); Connection end = pipe.first()) {
            assertThat(pool.map(item -> sendAndClose(other, item), List.of(0, 1), 1)).containsExactly(0, 1);
            assertThat(end.receive()).isEqualTo(0);
            assertThat(end.receive()).isEqualTo(1);
            assertEndOfFile(end);
        }
    }

    @Test
    void anEndThatIsAnItemBelongsToItsTask() throws Exception {
        Pipe pipe = Pipe.open();
        try (Pool pool = Pools.quick().workers(1).build(); Connection end = pipe.first()) {
            RemoteFunction<Connection, Integer> function = other -> sendAndClose(other, 7);
            assertThat(pool.map(function, List.of(pipe.second()))).containsExactly(7);
            assertThat(end.receive()).isEqualTo(7);
            assertEndOfFile(end);
        }
    }

    @Test
    void anEndInATaskThatWasCancelledBeforeItBeganIsAtItsEndOfFile() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        Gate gate = Gate.in(directory, "gate");
        try (Pool pool = Pools.quick().workers(1).build(); Connection end = pipe.first()) {
            CompletableFuture<Integer> busy = pool.submit(() -> {
                gate.pass();
                return 0;
            });
            CompletableFuture<Integer> never = pool.submit(() -> sendAndClose(other, 1));
            assertThat(never.cancel(true)).isTrue();
            assertEndOfFile(end);
            gate.open();
            assertThat(busy.get()).isZero();
        }
    }
}
