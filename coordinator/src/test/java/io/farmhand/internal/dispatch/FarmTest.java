package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.backend.Begun;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.gather.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class FarmTest {
    private static final int CRASH_RETRIES = TestOptions.CRASH_RETRIES;
    private static final Begun NOTHING = Begun.NONE;

    private final TestFarm test = new TestFarm();
    private final FakeWorkers workers = test.workers;
    private final Farm farm = test.farm;

    private void startBoth() {
        test.started();
    }

    private void handle(Event... events) {
        test.handle(events);
    }

    private void handle(List<Event> events) {
        test.handle(events);
    }

    private void pass(Duration time) {
        test.pass(time);
    }

    private Job open(boolean lazy) {
        return test.open(lazy ? new TestOptions().lazy() : new TestOptions());
    }

    private void submit(Job job, long firstIndex, int count) {
        test.submit(job, firstIndex, count);
    }

    private static List<Run> drain(Job job) throws InterruptedException {
        return TestFarm.drain(job);
    }

    @Test
    void sendsTheFunctionOnceToEachWorkerAndItsEndAfterTheJob() throws InterruptedException {
        startBoth();
        Job job = open(false);
        for (int i = 0; i < 6; i++) {
            submit(job, i, 1);
        }
        handle(new Event.InputEnded(job));
        for (int i = 0; i < 3; i++) {
            handle(workers.answer(0), workers.answer(1));
        }
        assertThat(drain(job)).hasSize(6);
        for (int worker = 0; worker < 2; worker++) {
            assertThat(workers.links.get(worker).functions).containsExactly(job.id);
            assertThat(workers.links.get(worker).ended).containsExactly(job.id);
        }
    }

    @Test
    void runsOnlyTheBegunItemAloneAndTheOthersInTheirChunkWhenAWorkerDies() {
        startBoth();
        Job job = open(false);
        submit(job, 0, 10);
        long attempt = workers.links.get(0).chunks.element().attempt();
        handle(workers.answerSome(0, 3));
        handle(workers.die(0, new Begun(attempt, 5)));

        assertThat(workers.links.get(1).chunks).extracting(FakeWorkers.Sent::firstIndex, FakeWorkers.Sent::count)
                .startsWith(org.assertj.core.groups.Tuple.tuple(3L, 2));
        assertThat(job.pending).extracting(Chunk::firstIndex).containsSubsequence(6L);
        assertThat(job.crashed(5)).as("charged once before").isEqualTo(2);
        assertThat(job.crashed(4)).as("not charged before").isEqualTo(1);
    }

    @Test
    void failsOnlyTheItemThatKillsItsWorkersAndAfterItsAttempts() throws InterruptedException {
        startBoth();
        Job job = open(false);
        submit(job, 0, 3);
        handle(new Event.InputEnded(job));
        int deaths = 0;
        while (!job.ended) {
            for (int worker = 0; worker < 2; worker++) {
                FakeWorkers.Sent head = workers.links.get(worker).chunks.peek();
                if (head == null) {
                    continue;
                }
                if (head.firstIndex() <= 1 && head.firstIndex() + head.count() > 1) {
                    deaths++;
                    handle(workers.die(worker, new Begun(head.attempt(), 1 - head.firstIndex())));
                    handle(workers.join(worker));
                } else {
                    handle(workers.answer(worker));
                }
            }
        }
        assertThat(deaths).isEqualTo(1 + CRASH_RETRIES);
        List<Run> runs = drain(job);
        assertThat(runs).extracting(Run::firstIndex).containsExactly(0L, 1L, 2L);
        assertThat(runs.get(1)).isInstanceOfSatisfying(Run.Crashed.class, crashed -> {
            assertThat(crashed.attempts()).isEqualTo(3);
            assertThat(crashed.exitCode()).isEqualTo(137);
        });
    }

    @Test
    void chargesNobodyForADeathBetweenItems() {
        startBoth();
        Job job = open(false);
        submit(job, 0, 2);
        for (int i = 0; i < 5; i++) {
            int holder = workers.links.get(0).chunks.isEmpty() ? 1 : 0;
            handle(workers.die(holder, NOTHING));
            handle(workers.join(holder));
            handle(workers.answerSome(workers.links.get(0).chunks.isEmpty() ? 1 : 0, 0));
        }
        assertThat(job.ended).isFalse();
        assertThat(job.crashed(0)).isEqualTo(1);
    }

    @Test
    void failsTheJobWhenItsFunctionKillsItsReaders() throws InterruptedException {
        startBoth();
        Job job = open(false);
        submit(job, 0, 2);
        for (int i = 0; i <= CRASH_RETRIES; i++) {
            int holder = workers.links.get(0).chunks.isEmpty() ? 1 : 0;
            handle(workers.die(holder, new Begun(workers.links.get(holder).chunks.element().attempt(), -2)));
            if (!job.ended) {
                handle(workers.join(holder));
            }
        }
        assertThat(drain(job)).singleElement().isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.FUNCTION_CRASHED));
    }

    @Test
    void waitsForTheAnswersOfADeadProcessUntilItsConnectionEnds() throws InterruptedException {
        startBoth();
        Job job = open(false);
        submit(job, 0, 2);
        handle(new Event.InputEnded(job));
        var key = workers.newest(0);
        handle(workers.exit(0, NOTHING));
        assertThat(workers.launched).hasSize(2);
        handle(workers.answer(0));
        assertThat(drain(job)).hasSize(1);
        handle(new Event.LinkClosed(key, "gone"));
        assertThat(workers.launched).hasSize(3);
    }

    @Test
    void givesAConnectionThatOutlivesItsProcessUp() {
        startBoth();
        handle(workers.exit(0, NOTHING));
        pass(Duration.ofSeconds(3));
        assertThat(workers.newest(0).generation()).isEqualTo(2);
    }

    @Test
    void killsAProcessWhoseConnectionEnded() {
        startBoth();
        handle(new Event.LinkClosed(workers.newest(0), "reset"));
        assertThat(workers.killed).containsExactly(workers.newest(0));
    }

    @Test
    void dropsResultsOfAWorkerThatWasReplaced() throws InterruptedException {
        startBoth();
        Job job = open(false);
        submit(job, 0, 1);
        handle(new Event.InputEnded(job));
        Event late = FakeWorkers.answer(workers.newest(0), workers.head(0).attempt(), 1, true);
        handle(workers.die(0, NOTHING));
        handle(workers.answer(1));
        handle(late);
        assertThat(drain(job)).hasSize(1);
    }

    @Test
    void cutsAWorkerOffThatAnswersWhatItWasNotAsked() {
        startBoth();
        Job job = open(false);
        submit(job, 0, 2);
        long attempt = workers.links.get(0).chunks.element().attempt();
        handle(FakeWorkers.answer(workers.newest(0), attempt, 3, true));
        assertThat(workers.links.get(0).cutOff).contains("3 of 2");
        assertThat(workers.killed).containsExactly(workers.newest(0));
        handle(workers.exit(0, NOTHING));
        assertThat(workers.links.get(1).chunks).hasSize(1);
    }

    @Test
    void startsAnotherForAWorkerThatIsCutOffBeforeItIsReady() {
        farm.start();
        handle(workers.join(1));
        for (int generation = 1; generation <= WorkerTable.START_RETRIES; generation++) {
            handle(workers.hello(0));
            handle(FakeWorkers.answer(workers.newest(0), 1, 1, true));
            handle(workers.exit(0, NOTHING));
            pass(Duration.ofSeconds(1));
            assertThat(workers.newest(0).generation()).isEqualTo(generation + 1);
        }
    }

    @Test
    void triesAFailedStartAgainWithGrowingDelaysAndThenBreaks() throws InterruptedException {
        farm.start();
        for (int failure = 0; failure < WorkerTable.START_RETRIES; failure++) {
            handle(workers.exit(0, NOTHING));
            pass(Duration.ofMillis(99L << failure));
            assertThat(workers.newest(0).generation()).isEqualTo(failure + 1);
            pass(Duration.ofMillis(2L << failure));
            assertThat(workers.newest(0).generation()).isEqualTo(failure + 2);
        }
        Job job = open(false);
        handle(workers.exit(0, NOTHING));
        assertThat(drain(job)).singleElement().isInstanceOfSatisfying(Run.JobFailed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(Reason.BROKEN);
            assertThat(failed.message()).contains("could not be started 4 times", "exitCode=137");
        });
        assertThatThrownBy(() -> farm.ready().join()).hasRootCauseInstanceOf(FarmBrokenException.class);
        assertThat(workers.killed).contains(workers.newest(1));
        assertThat(drain(open(false))).as("a later job").singleElement().isInstanceOf(Run.JobFailed.class);
    }

    @Test
    void killsAWorkerThatDoesNotJoinInTime() {
        farm.start();
        pass(Duration.ofSeconds(61));
        assertThat(workers.killed).contains(workers.newest(0), workers.newest(1));
    }

    @Test
    void breaksWhenWorkersDieOfNothingAgainAndAgain() throws InterruptedException {
        startBoth();
        Job job = open(false);
        for (int i = 0; i < 20 && !job.ended; i++) {
            handle(workers.die(0, NOTHING));
            if (!job.ended) {
                handle(workers.join(0));
            }
        }
        assertThat(drain(job)).singleElement().isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.BROKEN));
    }

    @Test
    void bearsDeathsThatAreFarApart() {
        startBoth();
        Job job = open(false);
        for (int i = 0; i < 50; i++) {
            handle(workers.die(0, NOTHING));
            handle(workers.join(0));
            pass(Duration.ofSeconds(5));
        }
        assertThat(job.ended).isFalse();
    }

    @Test
    void closeFinishesEagerJobsAndCutsLazyOnesShort() throws InterruptedException {
        startBoth();
        Job eager = open(false);
        Job lazy = open(true);
        submit(eager, 0, 1);
        submit(lazy, 0, 1);
        handle(new Event.CloseRequested());
        submit(lazy, 1, 1);
        submit(eager, 1, 1);
        handle(new Event.InputEnded(eager));
        while (!workers.links.get(0).chunks.isEmpty() || !workers.links.get(1).chunks.isEmpty()) {
            handle(workers.answer(workers.links.get(0).chunks.isEmpty() ? 1 : 0));
        }
        assertThat(drain(eager)).extracting(Run::firstIndex).containsExactly(0L, 1L);
        List<Run> cut = drain(lazy);
        assertThat(cut).hasSize(2);
        assertThat(cut.get(1)).isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.CLOSED));
        assertThat(workers.links.values()).allMatch(link -> link.stopped);
        assertThat(farm.terminated()).isNotDone();
        handle(workers.die(0, NOTHING));
        handle(workers.die(1, NOTHING));
        assertThat(farm.terminated()).isDone();
        assertThat(workers.launched).hasSize(2);
    }

    @Test
    void closeKillsWorkersThatAreAtACancelledJob() {
        startBoth();
        Job job = open(false);
        submit(job, 0, 1);
        handle(new Event.JobCancelled(job));
        handle(new Event.CloseRequested());
        assertThat(workers.killed).containsExactly(workers.newest(0));
        assertThat(workers.links.get(1).stopped).isTrue();
    }

    @Test
    void closeEndsAlsoWhenAWorkerCannotBeKilled() {
        startBoth();
        handle(new Event.CloseRequested());
        pass(Duration.ofSeconds(6));
        assertThat(workers.killed).hasSize(2);
        pass(Duration.ofSeconds(6));
        assertThat(farm.terminated()).isDone();
    }

    @Test
    void refusesJobsAfterClose() throws InterruptedException {
        startBoth();
        handle(new Event.CloseRequested());
        assertThat(drain(open(false))).singleElement().isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void startsNoMoreWorkersAtOnceThanItMay() {
        Farm wide = new Farm(new Settings(5, 2, 1_000_000, 0, 0, 0, 0), workers, test.timers,
                new FarmListener() {});
        wide.start();
        assertThat(workers.launched).hasSize(2);
        workers.join(0).forEach(wide::handle);
        assertThat(workers.launched).hasSize(3);
        wide.handle(workers.exit(1, NOTHING));
        assertThat(workers.launched).hasSize(4);
    }

    @Test
    void servesJobsInTurn() {
        startBoth();
        Job first = open(false);
        Job second = open(false);
        for (int i = 0; i < 20; i++) {
            submit(first, i, 1);
        }
        submit(second, 0, 1);
        handle(workers.answer(0));
        handle(workers.answer(1));
        assertThat(second.pending).as("its turn came before the first job's twenty were done").isEmpty();
    }

    @Test
    void aLazyJobThatTheCloseCutShortNeverEndsWell() throws InterruptedException {
        startBoth();
        Job job = open(true);
        submit(job, 0, 1);
        handle(new Event.CloseRequested());
        submit(job, 1, 1);
        handle(new Event.InputEnded(job));
        handle(workers.answer(0));
        List<Run> runs = drain(job);
        assertThat(runs).hasSize(2);
        assertThat(runs.get(1)).isInstanceOf(Run.JobFailed.class);
    }

    @Test
    void closeDropsWhatAFullLazyJobHasPendingSinceItsReaderMayNeverCome() throws InterruptedException {
        startBoth();
        Job job = test.open(new TestOptions().lazy(), new Window(100, 1000, 1, true));
        for (int i = 0; i < 10; i++) {
            submit(job, i, 1);
        }
        handle(new Event.CloseRequested());
        handle(workers.answer(0));
        handle(workers.answer(1));
        assertThat(job.ended).isTrue();
        assertThat(drain(job)).hasSize(3).last().isInstanceOf(Run.JobFailed.class);
    }

    @Test
    void launchesNobodyWhenTheLastJobOfAClosingPoolDiesWithItsWorker() {
        startBoth();
        Job job = open(false);
        submit(job, 0, 1);
        handle(new Event.InputEnded(job));
        handle(new Event.CloseRequested());
        for (int death = 0; death <= CRASH_RETRIES; death++) {
            int holder = workers.links.get(0).chunks.isEmpty() ? 1 : 0;
            handle(workers.die(holder, new Begun(workers.links.get(holder).chunks.element().attempt(), 0)));
            if (!job.ended) {
                handle(workers.join(holder));
            }
        }
        assertThat(job.ended).isTrue();
        assertThat(workers.launched).hasSize(2 + CRASH_RETRIES);
    }
}
