package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.Begun;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.gather.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Items that run too long, and items that are told to stop. */
@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class DeadlineTest {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final Duration DUMP_GRACE = Duration.ofMillis(250);
    private static final Duration INSTANT = Duration.ofNanos(1);

    private final TestFarm test = new TestFarm().started();
    private final FakeWorkers workers = test.workers;

    private static TestOptions limited() {
        return new TestOptions().taskTimeout(LIMIT).cancelGrace(GRACE);
    }

    private void begins(int worker, long attempt, long item) {
        workers.begun.put(worker, new Begun(attempt, item, test.now()));
    }

    @Test
    void measuresFromTheMomentWhenTheItemBegan() {
        test.run(limited(), 3);
        begins(0, 1, 0);
        test.pass(LIMIT.minus(INSTANT));
        test.handle(workers.answerSome(0, 1));
        begins(0, 1, 1);
        test.pass(LIMIT.minus(INSTANT));
        assertThat(test.link(0).dumps).as("the second item has not run its time").isZero();
        test.pass(INSTANT);
        assertThat(test.link(0).dumps).isEqualTo(1);
    }

    @Test
    void killsOnceTheWorkerHasToldItsStacksOrHasHadTheTimeTo() {
        test.run(limited(), 1);
        test.run(limited(), 1);
        begins(0, 1, 0);
        begins(1, 2, 0);
        test.pass(LIMIT);
        assertThat(workers.killed).isEmpty();
        test.handle(new Event.Dumped(workers.launched.get(0), "at Loop.java:1"));
        assertThat(workers.killed).containsExactly(workers.launched.get(0));
        test.pass(DUMP_GRACE);
        assertThat(workers.killed).contains(workers.launched.get(1));
    }

    @Test
    void saysThatItWasThePoolThatKilledAndWhatFor() {
        test.run(limited(), 1);
        begins(0, 1, 0);
        var late = workers.newest(0);
        test.pass(LIMIT);
        test.handle(new Event.Dumped(late, "at Loop.java:1"));
        test.handle(new Event.LinkClosed(late, "gone"), FakeWorkers.exit(late, new Begun(1, 0)));
        test.handle(workers.die(1, Begun.NONE)); // which nobody of ours has killed
        assertThat(test.diagnoses).hasSize(2).first().asString().startsWith("exitCode=137. The pool killed it: ")
                .contains("deadline", "ran=PT0.5S");
        assertThat(test.diagnoses).last().isEqualTo("exitCode=137. Somebody did.");
    }

    @Test
    void onlyTheItemThatRanTooLongTimesOutAndTheOthersRunAgainUncharged() throws InterruptedException {
        Job job = test.run(limited().crashRetries(0), 4);
        begins(0, 1, 0);
        test.handle(workers.answerSome(0, 1));
        begins(0, 1, 1);
        var late = workers.newest(0);
        test.pass(LIMIT);
        test.handle(new Event.Dumped(late, "at Loop.java:1"));
        test.handle(new Event.LinkClosed(late, "gone"), FakeWorkers.exit(late, new Begun(1, 1)));
        assertThat(workers.head(1)).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::count,
                FakeWorkers.Sent::nth).containsExactly(2L, 2, 1);
        test.handle(workers.answer(1));
        List<Run> runs = TestFarm.drain(job);
        assertThat(runs).extracting(Run::firstIndex).containsExactly(0L, 1L, 2L);
        assertThat(runs.get(1)).isInstanceOfSatisfying(Run.TimedOut.class, timedOut -> {
            assertThat(timedOut.limitNanos()).isEqualTo(LIMIT.toNanos());
            assertThat(timedOut.ranNanos()).isEqualTo(LIMIT.toNanos());
            assertThat(timedOut.stacks()).isEqualTo("at Loop.java:1");
        });
    }

    @Test
    void anItemThatAnswersBeforeTheKillIsNotLost() throws InterruptedException {
        Job job = test.run(limited(), 2);
        begins(0, 1, 0);
        var condemned = workers.newest(0);
        test.pass(LIMIT);
        test.handle(FakeWorkers.answer(condemned, 1, 1, false));
        test.handle(new Event.Dumped(condemned, ""), new Event.LinkClosed(condemned, "gone"),
                FakeWorkers.exit(condemned, new Begun(1, 1)));
        assertThat(workers.head(1).firstIndex()).as("the next had begun, and is not to blame").isEqualTo(1);
        test.handle(workers.answer(1));
        assertThat(TestFarm.drain(job)).hasSize(2).allMatch(Run.Outcomes.class::isInstance);
    }

    @Test
    void aShortDeadlineIsSeenInTimeBehindALongOneOfAnotherJob() {
        TestFarm single = new TestFarm(new Settings(1, 1, Duration.ofSeconds(60).toNanos(), 0, 0, 0, 0)).started();
        single.run(new TestOptions().taskTimeout(Duration.ofHours(1)), 1);
        single.handle(single.workers.answer(0));
        single.run(limited(), 1);
        single.workers.begun.put(0, new Begun(2, 0, single.now()));
        single.pass(LIMIT);
        assertThat(single.link(0).dumps).isEqualTo(1);
    }

    @Test
    void anItemTimesOutAlsoWhereItCannotBeToldWhatHasBegun() throws InterruptedException {
        Job job = test.run(limited(), 1);
        var key = workers.newest(0);
        test.pass(LIMIT.plus(Duration.ofMillis(250)));
        test.handle(new Event.Dumped(key, ""), new Event.LinkClosed(key, "gone"),
                FakeWorkers.exit(key, Begun.UNKNOWN));
        assertThat(TestFarm.drain(job)).singleElement().isInstanceOf(Run.TimedOut.class);
    }

    @Test
    void aDeathJustBeforeTheDeadlineIsACrash() throws InterruptedException {
        Job job = test.run(limited().crashRetries(0), 1);
        var key = workers.newest(0); // dead, so that nothing can be told of it, but its end has not come
        test.pass(LIMIT);
        test.handle(new Event.LinkClosed(key, "gone"), FakeWorkers.exit(key, new Begun(1, 0)));
        assertThat(TestFarm.drain(job)).singleElement().isInstanceOf(Run.Crashed.class);
    }

    @Test
    void readingAFunctionForTooLongFailsTheJob() throws InterruptedException {
        Job job = test.run(limited(), 3);
        begins(0, 1, -2);
        var key = workers.newest(0);
        test.pass(LIMIT.plus(DUMP_GRACE));
        assertThat(workers.killed).as("it loads classes").isEmpty();
        test.pass(Duration.ofSeconds(5));
        test.pass(DUMP_GRACE);
        assertThat(workers.killed).containsExactly(key);
        test.handle(new Event.LinkClosed(key, "gone"), FakeWorkers.exit(key, new Begun(1, -2)));
        assertThat(TestFarm.drain(job)).singleElement().isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.FUNCTION_TIMED_OUT));
    }

    @Test
    void aCancelledItemHasItsGraceAndIsKilledIfItIsStillAtIt() {
        Job job = test.run(limited(), 1);
        test.handle(new Event.JobCancelled(job));
        assertThat(test.link(0).ended).containsExactly(job.id);
        test.pass(GRACE.minus(INSTANT));
        assertThat(test.link(0).dumps).isZero();
        test.pass(INSTANT);
        assertThat(test.link(0).dumps).isEqualTo(1);
    }

    @Test
    void aCancelledItemThatStopsInTimeKeepsItsWorker() {
        Job job = test.run(limited(), 2);
        test.handle(new Event.JobCancelled(job));
        test.handle(workers.answerLast(0, 1));
        test.pass(Duration.ofSeconds(10));
        assertThat(workers.killed).isEmpty();
        test.run(limited(), 1);
        assertThat(test.link(0).chunks).hasSize(1);
    }

    @Test
    void aCutDropsWhatComesAfterItStopsWhatRunsOfItAndLetsWhatComesBeforeEnd() throws InterruptedException {
        TestFarm three = new TestFarm(new Settings(3, 3, Duration.ofSeconds(60).toNanos(), 0, 0, 0, 0)).started();
        Job job = three.open(limited().failFast(), new Window(100, 1000, 1 << 20, false));
        for (int i = 0; i < 10; i++) {
            three.submit(job, i, 1);
        }
        three.handle(new Event.InputEnded(job));
        three.handle(three.workers.answerFailed(1, 0, false));
        assertThat(job.pending).isEmpty();
        assertThat(three.link(0).recalls).as("the item before").isEmpty();
        assertThat(three.link(2).recalls).containsExactly(new FakeWorkers.Recalled(3, true));
        assertThat(job.ended).isFalse();
        var deaf = three.workers.newest(2);
        three.pass(GRACE);
        assertThat(three.link(2).dumps).as("it did not stop in its grace").isEqualTo(1);
        assertThat(three.link(0).dumps).isZero();
        three.handle(three.workers.answer(0));
        three.handle(FakeWorkers.answer(deaf, 3, 1, true));
        assertThat(TestFarm.drain(job)).extracting(Run::firstIndex).containsExactly(0L, 1L);
    }

    @Test
    void anItemAfterTheCutThatBeganBeforeItsRecallWasSeenHasItsGraceToo() {
        TestFarm single = new TestFarm(new Settings(1, 1, Duration.ofSeconds(60).toNanos(), 0, 0, 0, 0)).started();
        Job other = single.open(new TestOptions());
        Job job = single.open(limited().failFast());
        for (Job known : List.of(other, job)) { // short items, so that several are sent ahead
            single.submit(known, 0, 1);
            single.handle(single.workers.answer(0));
        }
        single.submit(other, 1, 1);
        single.submit(job, 1, 1);
        assertThat(single.link(0).chunks).hasSize(2);
        single.handle(new Event.ItemUnsent(job, 0));
        assertThat(single.link(0).recalls).containsExactly(new FakeWorkers.Recalled(4, true));
        single.handle(single.workers.answer(0));
        single.pass(GRACE);
        assertThat(single.link(0).dumps).isEqualTo(1);
    }
}
