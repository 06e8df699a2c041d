package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventRelayTest {
    @Test
    void deliversAllInOrderOnAThreadOfItsOwnBeforeACloseReturns() {
        List<PoolEvent> heard = new CopyOnWriteArrayList<>();
        List<String> threads = new CopyOnWriteArrayList<>();
        EventRelay relay = new EventRelay(event -> {
            heard.add(event);
            threads.add(Thread.currentThread().getName());
        });
        relay.jobStarted(1);
        relay.workerEnded(2, 30, false, 4, "killed");
        relay.jobEnded(1, true);
        relay.close();
        assertThat(heard).containsExactly(new PoolEvent.JobStarted(1),
                new PoolEvent.WorkerEnded(2, 30, false, 4, "killed"), new PoolEvent.JobEnded(1, true));
        assertThat(threads).containsOnly("farm-listener");
    }

    @Test
    void goesOnAfterAListenerThrew() {
        List<PoolEvent> heard = new CopyOnWriteArrayList<>();
        EventRelay relay = new EventRelay(event -> {
            heard.add(event);
            throw new AssertionError("a listener's bug");
        });
        relay.jobStarted(1);
        relay.jobStarted(2);
        relay.close();
        assertThat(heard).hasSize(2);
    }

    @Test
    void doesNotWaitForAListenerThatHangs() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        EventRelay relay = new EventRelay(event -> {
            hanging.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        relay.jobStarted(1);
        hanging.await();
        for (int i = 0; i < 20_000; i++) {
            relay.jobStarted(i); // the dispatcher never waits
        }
        relay.close();
        interrupted.await();
    }

    @Test
    void aListenerMayCloseThePool() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        EventRelay[] relay = new EventRelay[1];
        relay[0] = new EventRelay(event -> {
            relay[0].close();
            closed.countDown();
        });
        relay[0].jobStarted(1);
        closed.await();
    }

    @Test
    void knowsWhyTheFarmIsBrokenAlsoWhenNobodyListens() {
        EventRelay relay = new EventRelay(null);
        assertThat(relay.isBroken()).isFalse();
        relay.broken("no luck");
        assertThat(relay.isBroken()).isTrue();
        assertThat(relay.brokenBy()).isEqualTo("no luck");
        relay.close();
    }
}
