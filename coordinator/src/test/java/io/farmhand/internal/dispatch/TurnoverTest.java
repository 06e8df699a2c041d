package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.Begun;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that come and go while there is work: resizes, replacements, rests, and those that others end. */
@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class TurnoverTest {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);

    private static TestFarm farm(int workers, Duration lease, Duration keepAlive, long maxTasks, long maxBytes) {
        return new TestFarm(new Settings(workers, 4, START_TIMEOUT.toNanos(), lease.toNanos(), keepAlive.toNanos(),
                maxTasks, maxBytes)).started();
    }

    @Test
    void aSmallerFarmLosesNothingOfWhatItsWorkersHold() {
        TestFarm test = farm(2, Duration.ZERO, Duration.ZERO, 0, 0);
        Job job = test.open(new TestOptions());
        test.submit(job, 0, 1);
        test.submit(job, 1, 3);
        test.handle(new Event.InputEnded(job));
        test.handle(new Event.ResizeRequested(1));
        var leaving = test.link(1);
        assertThat(leaving.recalls).containsExactly(new FakeWorkers.Recalled(2, false));
        assertThat(leaving.stopped).isFalse();
        test.handle(new Event.Returned(test.workers.newest(1), 2, 1));
        test.handle(test.workers.answerLast(1, 1));
        assertThat(leaving.stopped).isTrue();
        while (!job.ended) {
            test.handle(test.workers.answer(0));
        }
        test.handle(test.workers.die(1, Begun.NONE));
        assertThat(test.workers.launched).hasSize(2);
    }

    @Test
    void aLargerFarmGivesItsNewWorkersWhatWaits() {
        TestFarm test = farm(1, Duration.ZERO, Duration.ZERO, 0, 0);
        Job job = test.open(new TestOptions());
        test.submit(job, 0, 1);
        test.submit(job, 1, 1);
        test.handle(new Event.ResizeRequested(2));
        test.handle(test.workers.join(1));
        assertThat(test.workers.head(1).firstIndex()).isEqualTo(1);
    }

    @Test
    void aWorkerGetsNoMoreItemsThanItMayAndItsPlaceIsFilled() {
        TestFarm test = farm(1, Duration.ZERO, Duration.ZERO, 3, 0);
        Job job = test.run(new TestOptions(), 5);
        assertThat(test.workers.head(0).count()).isEqualTo(3);
        assertThat(test.workers.launched).as("its successor starts while it works").hasSize(2);
        var spent = test.workers.launched.get(0);
        var link = test.link(0);
        test.handle(FakeWorkers.answer(spent, 1, 3, true));
        assertThat(link.stopped).isTrue();
        test.handle(test.workers.join(0));
        assertThat(test.workers.head(0)).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::count)
                .containsExactly(3L, 2);
        test.handle(test.workers.answer(0));
        assertThat(job.ended).isTrue();
    }

    @Test
    void aWorkerThatHoldsTooMuchStaysUntilItsSuccessorIsReady() {
        TestFarm test = farm(1, Duration.ZERO, Duration.ZERO, 0, 1000);
        test.run(new TestOptions(), 1);
        var heavy = test.workers.newest(0);
        var link = test.link(0);
        test.handle(test.workers.answer(0));
        test.handle(new Event.Heartbeat(heavy, 2000, 0));
        assertThat(test.workers.launched).hasSize(2);
        assertThat(link.stopped).isFalse();
        test.run(new TestOptions(), 1);
        assertThat(link.chunks).as("it works on").hasSize(1);
        test.handle(FakeWorkers.answer(heavy, 2, 1, true));
        test.handle(test.workers.join(0));
        assertThat(link.stopped).isTrue();
    }

    @Test
    void aSuccessorThatDiesIsFollowedByAnother() {
        TestFarm test = farm(1, Duration.ZERO, Duration.ZERO, 0, 1000);
        test.run(new TestOptions(), 1);
        test.handle(test.workers.answer(0));
        test.handle(new Event.Heartbeat(test.workers.newest(0), 2000, 0));
        test.handle(test.workers.exit(0, Begun.NONE));
        test.pass(Duration.ofMillis(100));
        assertThat(test.workers.newest(0).generation()).isEqualTo(3);
    }

    @Test
    void aFarmWithoutWorkLetsItsWorkersRestAndWakesThemForTheNextJob() {
        TestFarm test = farm(2, Duration.ZERO, KEEP_ALIVE, 0, 0);
        test.pass(KEEP_ALIVE);
        assertThat(test.workers.links.values()).allMatch(link -> link.stopped);
        test.handle(test.workers.die(0, Begun.NONE));
        test.handle(test.workers.die(1, Begun.NONE));
        assertThat(test.workers.launched).as("nobody in their place").hasSize(2);
        test.run(new TestOptions(), 1);
        assertThat(test.workers.launched).hasSize(4);
        test.handle(test.workers.join(0));
        assertThat(test.link(0).chunks).hasSize(1);
    }

    @Test
    void aStartingWorkerThatWasLetGoGetsNoWork() {
        TestFarm test = farm(1, Duration.ZERO, Duration.ZERO, 0, 0);
        test.handle(new Event.ResizeRequested(2));
        test.handle(test.workers.hello(1));
        test.handle(new Event.ResizeRequested(1));
        assertThat(test.workers.killed).containsExactly(test.workers.newest(1));
        test.handle(new Event.WorkerReady(test.workers.newest(1), FakeWorkers.EMPTY));
        test.run(new TestOptions(), 1);
        test.run(new TestOptions(), 1);
        assertThat(test.link(1).chunks).isEmpty();
    }

    @Test
    void aSilentWorkerIsGivenUpAndItsItemCharged() {
        TestFarm test = farm(2, LEASE, Duration.ZERO, 0, 0);
        Job job = test.run(new TestOptions(), 2);
        var silent = test.workers.newest(0);
        for (int i = 0; i < 6; i++) {
            test.handle(new Event.Heartbeat(test.workers.newest(1), 0, 0));
            test.pass(LEASE.dividedBy(5));
        }
        assertThat(test.workers.killed).containsExactly(silent);
        test.handle(new Event.LinkClosed(silent, "gone"), FakeWorkers.exit(silent, new Begun(1, 0)));
        assertThat(job.crashed(0)).as("charged once before").isEqualTo(2);
    }

    @Test
    void aWorkerThatSomebodyElseEndsGivesBackAndIsStopped() {
        TestFarm test = farm(2, Duration.ZERO, Duration.ZERO, 0, 0);
        test.run(new TestOptions(), 3);
        var leaving = test.workers.newest(0);
        var link = test.link(0);
        test.handle(new Event.WorkerLeaving(leaving));
        assertThat(link.recalls).containsExactly(new FakeWorkers.Recalled(1, false));
        assertThat(test.workers.newest(0)).as("its place is filled").isNotEqualTo(leaving);
        test.handle(new Event.Returned(leaving, 1, 1));
        assertThat(test.workers.head(1).firstIndex()).isEqualTo(1);
        test.handle(FakeWorkers.answer(leaving, 1, 1, true));
        assertThat(link.stopped).isTrue();
    }

    @Test
    void aWorkerThatSomebodyElseEndsAndThatIsStillAtItsItemIsKilledAndTheItemIsChargedAndRunsElsewhere() {
        TestFarm test = farm(2, Duration.ZERO, Duration.ZERO, 0, 0);
        Job job = test.run(new TestOptions(), 1);
        var leaving = test.workers.newest(0);
        test.handle(new Event.WorkerLeaving(leaving));
        test.pass(STOP_GRACE);
        assertThat(test.workers.killed).containsExactly(leaving);
        test.handle(new Event.LinkClosed(leaving, "gone"), FakeWorkers.exit(leaving, new Begun(1, 0)));
        assertThat(test.workers.head(1).nth()).isEqualTo(2);
        assertThat(job.crashed(0)).as("once charged before").isEqualTo(2);
    }

    @Test
    void aWorkerThatClosedItsConnectionAndDoesNotExitIsKilled() {
        TestFarm test = farm(2, Duration.ZERO, Duration.ZERO, 0, 0);
        var leaving = test.workers.newest(1);
        test.handle(new Event.ResizeRequested(1));
        test.handle(new Event.LinkClosed(leaving, "half-closed"));
        assertThat(test.workers.released).containsExactly(leaving);
        test.pass(STOP_GRACE);
        assertThat(test.workers.killed).containsExactly(leaving);
    }
}
