package io.farmhand.internal.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.ItemTimes;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
@NullUnmarked // a null here fails the test, as it should
class GatherTest {
    private static final Window EAGER = new Window(2, 1000, 1000, false);
    private static final Window LAZY = new Window(2, 1000, 1000, true);

    private static Run run(long firstIndex, int count) {
        return run(firstIndex, count, 10);
    }

    private static Run run(long firstIndex, int count, int bytes) {
        return new Run.Outcomes(firstIndex, count, ByteBuffer.allocate(bytes), 0, 1, ItemTimes.NONE);
    }

    @Test
    void deliversInTheOrderOfTheItemsWhateverTheOrderOfArrival() throws InterruptedException {
        Gather gather = new OrderedGather(EAGER);
        gather.put(run(5, 1));
        gather.put(run(2, 3));
        gather.put(run(0, 2));
        gather.end(null);
        assertThat(gather.take().firstIndex()).isZero();
        assertThat(gather.take().firstIndex()).isEqualTo(2);
        assertThat(gather.take().firstIndex()).isEqualTo(5);
        assertThat(gather.take()).isNull();
    }

    @Test
    void deliversWhatIsReadyBeforeTheFailureOfTheJob() throws InterruptedException {
        Gather gather = new OrderedGather(EAGER);
        gather.put(run(0, 1));
        gather.put(run(2, 1));
        gather.end(new Run.JobFailed(Reason.BROKEN, "x"));
        assertThat(gather.take().firstIndex()).isZero();
        assertThat(gather.take()).isInstanceOf(Run.JobFailed.class);
        assertThat(gather.take()).isInstanceOf(Run.JobFailed.class);
    }

    @Test
    void theFirstEndWins() throws InterruptedException {
        Gather gather = new OrderedGather(EAGER);
        gather.end(new Run.JobFailed(Reason.CANCELLED, "first"));
        gather.end(new Run.JobFailed(Reason.BROKEN, "second"));
        gather.put(run(0, 1));
        assertThat(gather.take()).isInstanceOfSatisfying(Run.JobFailed.class,
                failed -> assertThat(failed.message()).isEqualTo("first"));
    }

    @Test
    void roomIsByChunksThatAreUnderWay() throws InterruptedException {
        Gather gather = new OrderedGather(EAGER);
        gather.opened(1, 1);
        assertThat(gather.takeUnlessRoom()).as("room").isNull();
        gather.opened(1, 1);
        gather.put(run(0, 1));
        gather.adjust(-1, -1, -1);
        gather.put(run(1, 1));
        assertThat(gather.takeUnlessRoom().firstIndex()).as("a run goes before room").isZero();
        assertThat(gather.takeUnlessRoom().firstIndex()).isEqualTo(1);
        assertThat(gather.takeUnlessRoom()).as("room again").isNull();
    }

    @Test
    void oneChunkMayAlwaysGoHoweverLong() throws InterruptedException {
        Gather gather = new OrderedGather(LAZY);
        assertThat(gather.awaitRoom()).isTrue();
        gather.opened(1, 5000);
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                gather.awaitRoom();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        gather.put(run(0, 1, 2000));
        gather.adjust(-1, -1, -5000);
        assertThat(waiter.isAlive()).as("what is not taken counts, too").isTrue();
        assertThat(gather.take()).isNotNull();
        waiter.join();
    }

    @Test
    void anEndWakesTheFeeder() throws InterruptedException {
        Gather gather = new OrderedGather(LAZY);
        gather.opened(1, 1);
        gather.opened(1, 1);
        Thread.ofVirtual().start(() -> gather.end(null));
        assertThat(gather.awaitRoom()).isFalse();
    }

    @Test
    void unorderedDeliversAsTheyComeAndTheFailureOfTheInputLast() throws InterruptedException {
        Gather gather = new UnorderedGather(EAGER);
        gather.opened(1, 1);
        gather.opened(1, 1);
        gather.put(new Run.InputFailed(7, new IllegalStateException()));
        gather.put(run(5, 2));
        gather.put(run(0, 5));
        assertThat(gather.take().firstIndex()).isEqualTo(5);
        assertThat(gather.take().firstIndex()).isZero();
        gather.adjust(-2, -2, -2);
        assertThat(gather.take()).isInstanceOf(Run.InputFailed.class);
        gather.end(null);
        assertThat(gather.take()).isNull();
    }

    @Test
    void nothingMoreBeginsWhileTheReaderIsBehindButWhatItWaitsFor() throws InterruptedException {
        Gather gather = new OrderedGather(LAZY);
        int[] caughtUp = {0};
        gather.whenDrained(() -> caughtUp[0]++);
        assertThat(gather.mayBegin(false)).isTrue();
        gather.put(run(1, 1, 600));
        gather.put(run(2, 1, 600));
        assertThat(gather.mayBegin(false)).as("full, item 0 is under way").isFalse();
        assertThat(gather.mayBegin(true)).as("full, item 0 is not under way").isTrue();
        gather.put(run(0, 1, 10));
        assertThat(gather.mayBegin(true)).as("full, and the reader has something to take").isFalse();
        gather.take();
        assertThat(caughtUp[0]).isZero();
        gather.take();
        assertThat(caughtUp[0]).isEqualTo(1);
        assertThat(gather.mayBegin(false)).isTrue();
    }

    @Test
    void tellsWhenTheReaderHasTakenAllThatIsReadyAndWaitsForWhatMayNowBegin() throws InterruptedException {
        Gather gather = new OrderedGather(LAZY);
        int[] told = {0};
        gather.whenDrained(() -> told[0]++);
        gather.put(run(0, 1, 10));
        gather.put(run(2, 1, 2000));
        assertThat(gather.mayBegin(true)).isFalse();
        gather.take();
        assertThat(told[0]).isEqualTo(1);
        assertThat(gather.mayBegin(true)).as("item 1, which all the others wait for").isTrue();
    }
}
