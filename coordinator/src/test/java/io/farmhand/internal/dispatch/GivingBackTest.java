package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.Begun;
import io.farmhand.internal.dispatch.FakeWorkers.Recalled;
import io.farmhand.internal.gather.Run;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Items that are taken back before they begin: for idle workers, and from jobs that are given up. */
@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class GivingBackTest {
    private static final Duration IDLE = Duration.ofMillis(5);

    private final TestFarm test = new TestFarm().started();
    private final FakeWorkers workers = test.workers;

    private Event returned(int worker, long attempt, int kept) {
        return new Event.Returned(workers.newest(worker), attempt, kept);
    }

    @Test
    void anIdleWorkerGetsHalfOfWhatAnotherHasNotBegun() throws InterruptedException {
        Job job = test.run(new TestOptions(), 9);
        test.pass(IDLE);
        assertThat(test.link(0).recalls).containsExactly(new Recalled(1, false));
        test.handle(returned(0, 1, 1));
        assertThat(workers.head(1)).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::count)
                .containsExactly(1L, 4);
        assertThat(job.pending).singleElement().extracting(Chunk::firstIndex, Chunk::count).isEqualTo(List.of(5L, 4));
        test.handle(workers.answerLast(0, 1));
        test.handle(workers.answer(0), workers.answer(1));
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex).containsExactly(0L, 1L, 5L);
        assertThat(job.ended).isTrue();
    }

    @Test
    void nothingIsTakenBackOfASingleItem() {
        test.run(new TestOptions(), 1);
        test.pass(Duration.ofSeconds(1));
        assertThat(test.link(0).recalls).isEmpty();
    }

    @Test
    void theLastResultsMayComeBeforeWhatWasGivenBackIsTold() throws InterruptedException {
        Job job = test.run(new TestOptions(), 4);
        test.pass(IDLE);
        test.handle(workers.answerLast(0, 2), returned(0, 1, 2));
        assertThat(test.link(0).chunks.size() + test.link(1).chunks.size()).isEqualTo(2);
        test.handle(workers.answer(1), workers.answer(0));
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex).containsExactly(0L, 2L, 3L);
    }

    @Test
    void whatAWorkerGivesBackUnaskedIsForOthers() throws InterruptedException {
        Job job = test.run(new TestOptions(), 4);
        test.handle(returned(0, 1, 1));
        assertThat(workers.head(1)).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::count)
                .containsExactly(1L, 2);
        test.handle(workers.answerLast(0, 1));
        test.handle(workers.answer(0), workers.answer(1));
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex).containsExactly(0L, 1L, 3L);
        assertThat(job.ended).isTrue();
    }

    @Test
    void anAttemptThatWasAnsweredBeforeItsRecallIsComplete() throws InterruptedException {
        Job job = test.run(new TestOptions(), 4);
        test.pass(IDLE);
        test.handle(workers.answer(0));
        assertThat(TestFarm.drain(job)).singleElement().extracting(Run::count).isEqualTo(4);
    }

    @Test
    void aWorkerThatDiesAfterItGaveBackIsChargedForWhatItKept() throws InterruptedException {
        Job job = test.run(new TestOptions().crashRetries(0), 4);
        test.pass(IDLE);
        test.handle(returned(0, 1, 2));
        test.handle(workers.die(0, new Begun(1, 1)));
        while (!job.ended) {
            test.handle(workers.answer(1));
        }
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex, run -> run instanceof Run.Crashed)
                .containsExactlyInAnyOrderElementsOf(List.of(org.assertj.core.groups.Tuple.tuple(0L, false),
                        org.assertj.core.groups.Tuple.tuple(1L, true), org.assertj.core.groups.Tuple.tuple(2L, false),
                        org.assertj.core.groups.Tuple.tuple(3L, false)));
    }

    // ---- withdrawal ----

    @Test
    void aJobThatOnlyWaitedWasUntouched() {
        test.run(new TestOptions(), 1);
        test.run(new TestOptions(), 1);
        Job waiting = test.run(new TestOptions(), 1);
        assertThat(test.withdraw(waiting)).isCompletedWithValue(true);
        assertThat(waiting.ended).isTrue();
    }

    @Test
    void aJobThatWasSentIsUntouchedOnlyWhenItsWorkerSaysSo() {
        Job job = test.run(new TestOptions(), 1);
        CompletableFuture<Boolean> untouched = test.withdraw(job);
        assertThat(untouched).isNotDone();
        test.handle(returned(0, 1, 0));
        assertThat(untouched).isCompletedWithValue(true);
        assertThat(workers.links.get(1).chunks).as("it never begins").isEmpty();
    }

    @Test
    void aJobThatHadBegunWasTouched() {
        Job job = test.run(new TestOptions(), 1);
        CompletableFuture<Boolean> untouched = test.withdraw(job);
        test.handle(returned(0, 1, 1));
        assertThat(untouched).isCompletedWithValue(false);
        assertThat(test.link(0).ended).as("it goes on").doesNotContain(job.id);
    }

    @Test
    void oneChunkThatCameBackUntouchedDoesNotSpeakForTheOther() {
        Job job = test.open(new TestOptions());
        test.submit(job, 0, 1);
        test.submit(job, 1, 1);
        test.submit(job, 2, 1);
        CompletableFuture<Boolean> untouched = test.withdraw(job);
        test.handle(returned(0, 1, 0));
        assertThat(untouched).isNotDone();
        test.handle(workers.answerLast(0, 0));
        assertThat(test.link(0).chunks).as("nothing more is sent of it").isEmpty();
        test.handle(returned(1, 2, 1));
        assertThat(untouched).isCompletedWithValue(false);
    }

    @Test
    void aJobWhoseItemsWereTakenBackBeforeIsWithdrawnAtOnce() {
        Job job = test.run(new TestOptions(), 3);
        test.pass(IDLE);
        test.handle(returned(0, 1, 1));
        assertThat(test.withdraw(job)).isCompletedWithValue(false);
    }

    @Test
    void theDeathOfAWorkerThatHadNotBegunItLeavesAJobUntouched() {
        Job job = test.run(new TestOptions(), 1);
        CompletableFuture<Boolean> untouched = test.withdraw(job);
        test.handle(workers.die(0, Begun.NONE));
        assertThat(untouched).isCompletedWithValue(true);
    }

    @Test
    void aJobThatEndsWhileItIsGivenUpWasTouched() throws InterruptedException {
        Job job = test.run(new TestOptions(), 1);
        CompletableFuture<Boolean> untouched = test.withdraw(job);
        test.handle(workers.answer(0));
        assertThat(untouched).isCompletedWithValue(false);
        assertThat(TestFarm.drain(job)).singleElement().isInstanceOf(Run.Outcomes.class);
    }
}
