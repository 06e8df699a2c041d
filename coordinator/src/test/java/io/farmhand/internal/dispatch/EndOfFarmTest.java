package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.backend.Begun;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.gather.Window;
import io.farmhand.internal.wire.TaskFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** How farms break, and how they come to their end whatever goes on. */
@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class EndOfFarmTest {
    private static final int DEATHS_BORNE = 5;

    private final TestFarm test = new TestFarm();

    private void dieOfNothing(int times) {
        for (int i = 0; i < times; i++) {
            test.handle(test.workers.die(0, Begun.NONE));
            test.handle(test.workers.join(0));
        }
    }

    private static void isBroken(Job job) throws InterruptedException {
        assertThat(TestFarm.drain(job)).singleElement().isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.BROKEN));
    }

    @Test
    void anInitializerThatFailsBreaksTheFarmWithWhatItThrew() throws InterruptedException {
        test.farm.start();
        ByteBuffer failure = ByteBuffer
                .wrap(new TaskFailure(TaskFailure.Stage.RUNNING, "java.io.IOException", "no table", "", "",
                        FakeWorkers.EMPTY).encode());
        test.handle(test.workers.hello(0), new Event.WorkerReady(test.workers.newest(0), failure));
        assertThat(catchThrowable(() -> test.farm.ready().join())).cause()
                .isInstanceOfSatisfying(FarmBrokenException.class, broken -> {
                    assertThat(broken).hasMessageContaining("java.io.IOException: no table");
                    assertThat(broken.failure()).isEqualTo(failure);
                });
        isBroken(test.run(new TestOptions(), 1));
        assertThat(test.workers.killed).contains(test.workers.newest(0), test.workers.newest(1));
    }

    @Test
    void moreDeathsThanAreBorneBreakTheFarm() throws InterruptedException {
        test.started();
        Job job = test.open(new TestOptions());
        dieOfNothing(DEATHS_BORNE);
        assertThat(job.ended).isFalse();
        test.handle(test.workers.die(0, Begun.NONE));
        isBroken(job);
    }

    @Test
    void aResultBetweenThemForgivesThem() {
        test.started();
        Job job = test.open(new TestOptions());
        dieOfNothing(DEATHS_BORNE);
        test.submit(job, 0, 1);
        test.handle(test.workers.answer(test.holder()));
        dieOfNothing(DEATHS_BORNE);
        assertThat(job.ended).isFalse();
    }

    @Test
    void allWorkersOfALargeFarmMayDieAtOnce() {
        TestFarm large = new TestFarm(new Settings(20, 20, Duration.ofSeconds(60).toNanos(), 0, 0, 0, 0)).started();
        Job job = large.open(new TestOptions());
        for (int worker = 0; worker < 20; worker++) {
            large.handle(large.workers.die(worker, Begun.NONE));
        }
        assertThat(job.ended).isFalse();
        assertThat(large.workers.launched).hasSize(40);
    }

    @Test
    void aFarmThatBreaksWhileItClosesEnds() throws InterruptedException {
        test.started();
        Job job = test.open(new TestOptions());
        dieOfNothing(DEATHS_BORNE);
        test.handle(new Event.CloseRequested());
        test.handle(test.workers.die(0, Begun.NONE));
        isBroken(job);
        test.handle(test.workers.die(1, Begun.NONE));
        assertThat(test.farm.terminated()).isDone();
    }

    @Test
    void nobodyIsStartedForAWorkerThatDiesOfTheLastItemOfAClosingFarm() {
        test.started();
        test.run(new TestOptions().crashRetries(0), 1);
        test.handle(new Event.CloseRequested());
        test.handle(test.workers.die(0, new Begun(test.workers.head(0).attempt(), 0)));
        test.handle(test.workers.die(1, Begun.NONE));
        assertThat(test.workers.launched).hasSize(2);
        assertThat(test.farm.terminated()).isDone();
    }

    // ---- the end, whatever goes on ----

    /** What may go on when the end comes. */
    private static final Map<String, Consumer<TestFarm>> GOINGS_ON = Map.ofEntries(
            Map.entry("nothing", farm -> {}),
            Map.entry("an item that runs", farm -> farm.run(new TestOptions(), 1)),
            Map.entry("an item that was told to stop", farm -> farm.handle(new Event.JobCancelled(farm.run(
                    new TestOptions(), 1)))),
            Map.entry("a withdrawal", farm -> {
                CompletableFuture<Boolean> _ = farm.withdraw(farm.run(new TestOptions(), 1));
            }),
            Map.entry("a retry that waits", farm -> {
                farm.run(new TestOptions().retries(1, Duration.ofMinutes(1)), 1);
                farm.handle(farm.workers.answerFailed(0, 0, true));
            }),
            Map.entry("a condemned worker", farm -> {
                farm.run(new TestOptions().taskTimeout(Duration.ofMillis(1)), 1);
                farm.workers.begun.put(0, new Begun(1, 0, farm.now()));
                farm.pass(Duration.ofMillis(2));
            }),
            Map.entry("a leaving worker", farm -> {
                farm.run(new TestOptions(), 1);
                farm.handle(new Event.WorkerLeaving(farm.workers.newest(0)));
            }),
            Map.entry("a starting worker", farm -> farm.handle(new Event.ResizeRequested(3))),
            Map.entry("a failed start", farm -> {
                farm.handle(new Event.ResizeRequested(3));
                farm.handle(farm.workers.exit(2, Begun.NONE));
            }),
            Map.entry("a dead process whose connection is open", farm -> farm.handle(farm.workers.exit(0,
                    Begun.NONE))),
            Map.entry("a closed connection of a living process", farm -> farm.handle(new Event.LinkClosed(
                    farm.workers.newest(0), "gone"))),
            Map.entry("workers that rest", farm -> farm.handle(new Event.KeepAliveOver(0))),
            Map.entry("a lazy job without a reader", farm -> {
                Job job = farm.open(new TestOptions().lazy(), new Window(10, 1, 1 << 20, true));
                farm.submit(job, 0, 1);
                farm.submit(job, 1, 1);
                farm.submit(job, 2, 1);
            }));

    @TestFactory
    Stream<DynamicTest> aCloseEnds() {
        return GOINGS_ON.entrySet().stream().map(going -> DynamicTest.dynamicTest(going.getKey(), () -> {
            TestFarm farm = new TestFarm().started();
            going.getValue().accept(farm);
            farm.handle(new Event.CloseRequested());
            everythingEnds(farm);
        }));
    }

    @TestFactory
    Stream<DynamicTest> aShutdownEnds() {
        return GOINGS_ON.entrySet().stream().map(going -> DynamicTest.dynamicTest(going.getKey(), () -> {
            TestFarm farm = new TestFarm().started();
            going.getValue().accept(farm);
            farm.handle(new Event.ShutdownRequested());
            assertThat(farm.workers.killed).containsAll(farm.status().stream().filter(status -> status.pid() > 0
                    && status.state() != WorkerStatus.State.DYING).map(status -> farm.workers.newest(status.number()))
                    .toList());
            everythingEnds(farm);
        }));
    }

    /** Workers answer what they hold, start, and die when they are to, until all is over. */
    private static void everythingEnds(TestFarm farm) {
        for (int round = 0; round < 20 && !farm.farm.terminated().isDone(); round++) {
            for (int worker : farm.workers.links.keySet()) {
                while (!farm.link(worker).chunks.isEmpty() && !farm.workers.killed.contains(farm.workers.newest(
                        worker))) {
                    farm.handle(farm.workers.answer(worker));
                }
            }
            for (var key : farm.workers.launched) {
                boolean stops = farm.workers.links.containsKey(key.number()) && farm.link(key.number()).stopped;
                if (farm.workers.killed.contains(key) || stops) {
                    farm.handle(new Event.LinkClosed(key, "gone"), FakeWorkers.exit(key, Begun.NONE));
                } else if (key.equals(farm.workers.newest(key.number())) && farm.status().stream().anyMatch(
                        status -> status.number() == key.number()
                                && status.state() == WorkerStatus.State.STARTING)) {
                    farm.handle(farm.workers.join(key.number()));
                }
            }
            farm.pass(Duration.ofSeconds(10));
        }
        assertThat(farm.farm.terminated()).isDone();
        assertThat(farm.status()).isEmpty();
    }
}
