package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.Begun;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which items run again, when, and where. */
@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class AnotherAttemptTest {
    private static final Duration BACKOFF = Duration.ofMillis(100);
    private static final Duration INSTANT = Duration.ofNanos(1);

    private final TestFarm test = new TestFarm().started();
    private final FakeWorkers workers = test.workers;

    @Test
    void triesAnItemAgainAfterABackoffThatDoublesAndOnAnotherWorker() throws InterruptedException {
        Job job = test.run(new TestOptions().retries(2, BACKOFF), 3);
        test.handle(workers.answerFailed(0, 1, true));
        test.pass(BACKOFF.minus(INSTANT));
        assertThat(test.link(1).chunks).isEmpty();
        test.pass(INSTANT);
        assertThat(workers.head(1)).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::nth)
                .containsExactly(1L, 2);
        test.handle(workers.answerFailed(1, 0, true));
        test.pass(BACKOFF.multipliedBy(2).minus(INSTANT));
        assertThat(test.link(0).chunks).isEmpty();
        test.pass(INSTANT);
        assertThat(workers.head(0).nth()).isEqualTo(3);
        test.handle(workers.answerFailed(0, 0, true));
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex).containsExactly(0L, 1L, 2L);
        assertThat(job.ended).as("the third failure is its outcome").isTrue();
    }

    @Test
    void takesTheSameWorkerWhenNoOtherCanBeHad() {
        test.run(new TestOptions(), 1); // keeps worker 0 busy
        test.run(new TestOptions().retries(1, Duration.ZERO), 1);
        test.handle(workers.answerFailed(1, 0, true));
        test.pass(INSTANT);
        assertThat(workers.head(1).nth()).isEqualTo(2);
    }

    @Test
    void aFailureThatIsNotWorthItIsTheOutcomeAtOnce() throws InterruptedException {
        Job job = test.run(new TestOptions().retries(5, BACKOFF), 1);
        test.handle(workers.answerFailed(0, 0, false));
        assertThat(TestFarm.drain(job)).hasSize(1);
    }

    @Test
    void aCutDoesNotWaitForTheBackoffOfWhatComesAfterIt() {
        Job job = test.open(new TestOptions().failFast().retries(1, Duration.ofHours(1)));
        test.submit(job, 0, 1);
        test.submit(job, 1, 1);
        test.handle(workers.answerFailed(1, 0, true));
        test.handle(workers.answerFailed(0, 0, false));
        assertThat(job.ended).isTrue();
    }

    @Test
    void aCloseDropsWhatBecomesDueWhereTheReaderLeavesNoRoom() {
        Job job = test.open(new TestOptions().lazy().retries(1, BACKOFF), new Window(100, 1, 1 << 20, true));
        test.submit(job, 0, 2);
        test.handle(workers.answerFailed(0, 1, true));
        test.handle(new Event.CloseRequested());
        test.pass(BACKOFF);
        assertThat(job.ended).isTrue();
    }

    // ---- at most once ----

    private List<Run> endsAtMostOnce(Begun begun) throws InterruptedException {
        Job job = test.run(new TestOptions().atMostOnce().retries(3, BACKOFF), 5);
        test.handle(workers.answerSome(0, 1));
        test.handle(workers.die(0, begun));
        if (!job.ended) {
            test.handle(workers.answer(1));
        }
        return TestFarm.drain(job);
    }

    private static List<Long> crashed(List<Run> runs) {
        return runs.stream().filter(Run.Crashed.class::isInstance).map(Run::firstIndex).toList();
    }

    @Test
    void atMostOnceFailsWhatHadBegunAndRunsTheRest() throws InterruptedException {
        assertThat(crashed(endsAtMostOnce(new Begun(1, 2)))).containsExactly(1L, 2L);
    }

    @Test
    void atMostOnceFailsNothingWhenOnlyWhatWasAnsweredHadBegun() throws InterruptedException {
        assertThat(crashed(endsAtMostOnce(new Begun(1, 0)))).isEmpty();
    }

    @Test
    void atMostOnceFailsAllThatWasHeldWhenItCannotBeTold() throws InterruptedException {
        assertThat(crashed(endsAtMostOnce(Begun.UNKNOWN))).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void atMostOnceFailsAllWhenALaterAttemptHadBegun() throws InterruptedException {
        assertThat(crashed(endsAtMostOnce(new Begun(2, 0)))).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void atMostOnceFailsNothingWhenTheWorkerDiedReadingTheFunction() throws InterruptedException {
        Job job = test.run(new TestOptions().atMostOnce(), 2);
        test.handle(workers.die(0, new Begun(1, -2)));
        test.handle(workers.answer(1));
        assertThat(crashed(TestFarm.drain(job))).isEmpty();
    }

    @Test
    void atMostOnceTriesNoFailureAgain() throws InterruptedException {
        Job job = test.run(new TestOptions().atMostOnce().retries(3, BACKOFF), 1);
        test.handle(workers.answerFailed(0, 0, true));
        assertThat(TestFarm.drain(job)).hasSize(1);
    }
}
