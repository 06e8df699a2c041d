package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.farmhand.internal.proto.Dump;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Heartbeat;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
import io.farmhand.internal.task.Contexts;
import io.farmhand.internal.task.ItemRandom;
import io.farmhand.internal.task.RetryingFunction;
import io.farmhand.internal.task.Setup;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.TaskContext;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker but for its process, spoken to in the protocol. */
@Timeout(60)
@NullUnmarked
class WorkerProtocolTest {
    /** Tasks, which share this JVM, tell that they run and wait to be let go. */
    private static final Semaphore ENTERED = new Semaphore(0);
    private static final Semaphore RELEASE = new Semaphore(0);
    private static final AtomicReference<Object> SEEN = new AtomicReference<>();

    private static final RemoteFunction<Object, Object> GATED = item -> {
        ENTERED.release();
        RELEASE.acquireUninterruptibly();
        return item + (TaskContext.current().isCancelled() ? " cancelled" : "");
    };
    private static final RemoteFunction<Object, Object> INTERRUPTIBLE = item -> {
        ENTERED.release();
        RELEASE.acquire();
        return item;
    };

    @TempDir
    private Path directory;
    private FakeCoordinator farm;

    @BeforeEach
    void start() throws Exception {
        ENTERED.drainPermits();
        RELEASE.drainPermits();
        SEEN.set(null);
        farm = new FakeCoordinator(directory).workerHere();
    }

    @AfterEach
    void stop() throws Exception {
        RELEASE.release(1000);
        farm.close();
    }

    private static void awaitEntered() throws InterruptedException {
        assertThat(ENTERED.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theInitializerPreparesWhatItemsFindAndTheFinalizerTakesDown() throws Exception {
        farm.welcome(0, new Setup(
                () -> TaskContext.current().setState(StringBuilder.class, new StringBuilder("set up by "
                        + TaskContext.current().worker() + " " + TaskContext.current().index())),
                () -> SEEN.set(TaskContext.current().state(StringBuilder.class) + " " + Contexts.current().attempt())));
        assertThat(farm.take(FromWorker.KindCase.READY).getReady().getFailure()).isEmpty();
        farm.function(1, item -> TaskContext.current().state(StringBuilder.class).append(item).toString());
        farm.chunk(1, 1, 0, ", ran");
        assertThat(farm.takeAll(1).values()).containsExactly("set up by 3 -1, ran");
        assertThat(SEEN.get()).isNull();
        farm.close();
        assertThat(SEEN.get()).isEqualTo("set up by 3 -1, ran 0");
    }

    @Test
    void anInitializerThatThrowsIsToldWithReadyAndHasNothingToTakeDown() throws Exception {
        farm.welcome(0, new Setup(() -> {
            throw new IllegalStateException("no licence");
        }, () -> SEEN.set("finalized")));
        TaskFailure failure = TaskFailure.decode(farm.take(FromWorker.KindCase.READY).getReady().getFailure()
                .asReadOnlyByteBuffer());
        assertThat(failure.stage()).isEqualTo(TaskFailure.Stage.RUNNING);
        assertThat(failure.type()).isEqualTo(IllegalStateException.class.getName());
        assertThat(failure.message()).isEqualTo("no licence");
        assertThat(failure.exception().hasRemaining()).isTrue();
        farm.close();
        assertThat(SEEN.get()).isNull();
    }

    @Test
    void aSetupThatCannotBeReadIsToldWithReady() throws Exception {
        farm.send(ToWorker.newBuilder().setWelcome(Welcome.newBuilder().setMaxItemBytes(1 << 20).setSetup(true)));
        farm.setup(FakeCoordinator.encode("not a setup"));
        TaskFailure failure = TaskFailure.decode(farm.take(FromWorker.KindCase.READY).getReady().getFailure()
                .asReadOnlyByteBuffer());
        assertThat(failure.stage()).isEqualTo(TaskFailure.Stage.READING_FUNCTION);
        assertThat(failure.type()).isEqualTo(ClassCastException.class.getName());
    }

    @Test
    void aFailureOfTheSetupIsCutShortEnoughForOneMessage() throws Exception {
        farm.welcome(0, new Setup(() -> {
            throw new IllegalStateException("\u20ac".repeat(300_000));
        }, null));
        ByteString failure = farm.take(FromWorker.KindCase.READY).getReady().getFailure();
        assertThat(failure.size()).isBetween(1000, 1 << 20);
    }

    @Test
    void anItemKnowsItsIndexItsAttemptAndItsNumbers() throws Exception {
        farm.ready().function(1, _ -> {
            TaskContext context = TaskContext.current();
            return List.of(context.worker(), context.index(), context.attempt(), context.random().nextLong());
        });
        farm.chunk(1, 1, 10, "a", "b");
        assertThat(farm.takeAll(1).values()).containsExactly(List.of(3, 10L, 2, ItemRandom.of(42, 10).nextLong()), List
                .of(3, 11L, 2, ItemRandom.of(42, 11).nextLong()));
    }

    @Test
    void aThreadThatATaskLeavesBehindGoesOnSeeingItsItem() throws Exception {
        farm.ready().function(1, item -> {
            if (item.equals("first")) {
                CountDownLatch over = new CountDownLatch(1);
                TaskContext.current().setState(CountDownLatch.class, over);
                SEEN.set(Thread.ofPlatform().start(() -> {
                    try {
                        over.await();
                        SEEN.set(TaskContext.current().index());
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }));
                return "started";
            }
            Thread left = (Thread) SEEN.get();
            TaskContext.current().state(CountDownLatch.class).countDown();
            left.join();
            return SEEN.get();
        });
        farm.chunk(1, 1, 5, "first", "second");
        assertThat(farm.takeAll(1).values()).containsExactly("started", 5L);
    }

    @Test
    void aFunctionThatCapturedSomethingIsReadForEachJobAnew() throws Exception {
        List<String> seen = new ArrayList<>();
        RemoteFunction<Object, Object> remembers = item -> {
            seen.add(item.toString());
            return String.join(" ", seen);
        };
        farm.ready().function(1, remembers);
        farm.function(2, remembers);
        farm.chunk(1, 1, 0, "a", "b");
        farm.chunk(2, 2, 0, "c");
        assertThat(farm.takeAll(1).values()).containsExactly("a", "a b");
        assertThat(farm.takeAll(2).values()).containsExactly("c");
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.batches", matches = "false")
    void theResultsOfShortAttemptsThatCameTogetherGoTogether() throws Exception {
        farm.ready().function(1, GATED);
        farm.chunksAtOnce(1, 100);
        farm.chunk(1, 101, 101, "the last");
        awaitEntered();
        farm.recall(101, false);
        farm.takeReturned(101, 0); // so all that came before it waits for the first
        RELEASE.release(100);
        for (long attempt = 1; attempt <= 100; attempt++) {
            assertThat(farm.takeAll(attempt).values()).containsExactly("item " + attempt);
        }
        assertThat(farm.batches()).isPositive();
    }

    @Test
    void aRecallOfAQueuedAttemptGivesAllItsItemsBack() throws Exception {
        farm.ready().function(1, GATED);
        farm.chunk(1, 1, 0, "a");
        farm.chunk(1, 2, 1, "b", "c");
        awaitEntered();
        farm.recall(2, true);
        farm.takeReturned(2, 0);
        RELEASE.release();
        assertThat(farm.takeAll(1).values()).containsExactly("a");
        assertThat(farm.takeAll(2).values()).isEmpty();
    }

    @Test
    void aRecallOfTheRunningAttemptKeepsWhatHasBegun() throws Exception {
        farm.ready().function(1, GATED);
        farm.chunk(1, 1, 0, "a", "b", "c", "d");
        awaitEntered();
        RELEASE.release();
        awaitEntered();
        // The first result lingers no longer than the second item runs.
        assertThat(farm.take(FromWorker.KindCase.RESULTS).getResults().getLast()).isFalse();
        farm.recall(1, false);
        farm.takeReturned(1, 2);
        farm.recall(1, false);
        RELEASE.release();
        assertThat(farm.takeAll(1).values()).containsExactly("b");
    }

    @Test
    void aWorkerWhoseMemoryIsInDoubtGivesBackUnaskedWhatItHoldsAndWhatStillComes() throws Exception {
        farm.ready().function(1, item -> {
            if (item.equals("reads what is gone")) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
            return item;
        });
        farm.chunk(1, 1, 0, "a", "reads what is gone", "b", "c");
        assertThat(farm.take(FromWorker.KindCase.LEAVING).hasLeaving()).isTrue();
        farm.takeReturned(1, 2);
        assertThat(farm.takeAll(1).failed()).containsExactly(1);
        farm.chunk(1, 2, 4, "d");
        farm.takeReturned(2, 0);
        assertThat(farm.takeAll(2).values()).isEmpty();
    }

    @Test
    void aRecallOfAnAnsweredOrUnknownAttemptIsIgnored() throws Exception {
        farm.ready().function(1, item -> item);
        farm.chunk(1, 1, 0, "a");
        assertThat(farm.takeAll(1).values()).containsExactly("a");
        farm.recall(1, true);
        farm.recall(77, true);
        farm.chunk(1, 2, 1, "b");
        assertThat(farm.takeAll(2).values()).containsExactly("b");
    }

    @Test
    void aRecallMayInterruptTheItemThatRunsAndNoOther() throws Exception {
        farm.ready().function(1, INTERRUPTIBLE);
        farm.chunk(1, 1, 0, "a", "b");
        farm.chunk(1, 2, 2, "c");
        awaitEntered();
        farm.recall(1, false);
        farm.takeReturned(1, 1);
        farm.recall(1, true); // answered already, but the interrupt counts
        FakeCoordinator.Answers answers = farm.takeAll(1);
        assertThat(answers.values()).hasSize(1);
        assertThat(answers.failed()).containsExactly(0);
        assertThat(answers.failure(0).type()).isEqualTo(InterruptedException.class.getName());
        awaitEntered();
        RELEASE.release();
        assertThat(farm.takeAll(2).values()).containsExactly("c");
    }

    @Test
    void whatAToldItemGivesIsItsResult() throws Exception {
        farm.ready().function(1, GATED);
        farm.chunk(1, 1, 0, "a", "b");
        awaitEntered();
        farm.recall(1, true);
        farm.takeReturned(1, 1);
        RELEASE.release();
        assertThat(farm.takeAll(1).values()).containsExactly("a cancelled");
    }

    @Test
    void theEndOfAJobInterruptsItsItemAndEmptiesItsAttempts() throws Exception {
        farm.ready().function(1, INTERRUPTIBLE);
        farm.function(2, item -> item + " " + Thread.currentThread().isInterrupted());
        farm.chunk(1, 1, 0, "a", "b");
        farm.chunk(1, 2, 2, "c");
        farm.chunk(2, 3, 0, "other");
        awaitEntered();
        farm.jobEnd(1);
        assertThat(farm.takeAll(1).failed()).containsExactly(0);
        assertThat(farm.takeAll(2).values()).isEmpty();
        assertThat(farm.takeAll(3).values()).containsExactly("other false");
    }

    @Test
    void theEndOfAnotherJobInterruptsNothing() throws Exception {
        farm.ready().function(1, INTERRUPTIBLE);
        farm.function(2, item -> item);
        farm.chunk(1, 1, 0, "a");
        awaitEntered();
        farm.jobEnd(2);
        RELEASE.release();
        assertThat(farm.takeAll(1).values()).containsExactly("a");
    }

    @Test
    void theJobsOwnRuleSaysWhatIsRetryable() throws Exception {
        farm.ready().function(1, new RetryingFunction<Object, Object>(item -> {
            if (item.equals("good")) {
                return item;
            }
            if (item.equals("unwritable")) {
                return new Object();
            }
            throw new IllegalStateException((String) item);
        }, thrown -> {
            if ("odd".equals(thrown.getMessage())) {
                throw new UnsupportedOperationException("the rule failed");
            }
            return !"bad".equals(thrown.getMessage());
        }));
        farm.chunk(1, 1, 0, "good", "worth it", "bad", "odd", "unwritable", "worth it, too");
        FakeCoordinator.Answers answers = farm.takeAll(1);
        assertThat(answers.failed()).containsExactly(1, 2, 3, 4, 5);
        assertThat(answers.retryable()).containsExactly(1, 5);
        assertThat(answers.failure(3).stack())
                .contains("Suppressed: java.lang.UnsupportedOperationException: the rule");
    }

    @Test
    void theTimeOfTheFunctionIsToldForEachItem() throws Exception {
        farm.ready().function(1, millis -> {
            CountDownLatch never = new CountDownLatch(1);
            return never.await((int) millis, TimeUnit.MILLISECONDS);
        });
        farm.chunk(1, 1, 0, 0, 50, "not a number");
        List<Long> nanos = farm.takeAll(1).nanos();
        assertThat(nanos.get(0)).isBetween(1L, 49_000_000L);
        assertThat(nanos.get(1)).isGreaterThanOrEqualTo(50_000_000L);
        assertThat(nanos.get(2)).isPositive();
    }

    @Test
    void manyFailuresInOneMessageStandAtTheirPlaces() throws Exception {
        farm.ready().function(1, item -> {
            if ((int) item % 3 == 0) {
                throw new IllegalStateException("third");
            }
            return item;
        });
        Object[] items = new Object[1000];
        for (int i = 0; i < items.length; i++) {
            items[i] = i;
        }
        farm.chunk(1, 1, 0, items);
        FakeCoordinator.Answers answers = farm.takeAll(1);
        assertThat(answers.values()).hasSize(1000);
        assertThat(answers.failed()).hasSize(334).allMatch(place -> place % 3 == 0);
        assertThat(answers.retryable()).isEmpty();
    }

    @Test
    void heartbeatsComeWhileALongItemRuns() throws Exception {
        farm.welcome(5, null);
        farm.take(FromWorker.KindCase.READY);
        farm.function(1, GATED);
        farm.chunk(1, 1, 0, "a");
        awaitEntered();
        farm.heartbeats.clear();
        for (int i = 0; i < 3; i++) {
            Heartbeat heartbeat = farm.heartbeats.poll(20, TimeUnit.SECONDS);
            assertThat(heartbeat).isNotNull();
            assertThat(heartbeat.getHeapBytes()).isPositive();
        }
    }

    @Test
    void aHeartbeatComesAfterAChunkWhenTheLastIsOld() throws Exception {
        farm.ready().function(1, _ -> new CountDownLatch(1).await(150, TimeUnit.MILLISECONDS));
        farm.chunk(1, 1, 0, "a");
        farm.takeAll(1);
        assertThat(farm.heartbeats.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aDumpShowsWhatTheRunnerIsAt() throws Exception {
        farm.ready().function(1, GATED);
        farm.chunk(1, 1, 0, "a");
        awaitEntered();
        farm.send(ToWorker.newBuilder().setDump(Dump.getDefaultInstance()));
        String stacks = farm.take(FromWorker.KindCase.DUMPED).getDumped().getStacks();
        assertThat(stacks).startsWith("\"farm-runner\"").contains("WorkerProtocolTest").contains("farm-grpc");
    }

    @Test
    void itemsBeginWithTheContextClassLoaderThatTheInitializerLeft() throws Exception {
        farm.welcome(0, new Setup(() -> {
            URLClassLoader loader = new URLClassLoader(new URL[0], WorkerProtocolTest.class.getClassLoader());
            SEEN.set(loader);
            Thread.currentThread().setContextClassLoader(loader);
        }, null));
        farm.take(FromWorker.KindCase.READY);
        farm.function(1, _ -> {
            boolean same = SEEN.get().equals(Thread.currentThread().getContextClassLoader());
            Thread.currentThread().setContextClassLoader(null);
            return same;
        });
        farm.chunk(1, 1, 0, "a", "b");
        assertThat(farm.takeAll(1).values()).containsExactly(true, true);
    }
}
