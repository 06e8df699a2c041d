package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import io.farmhand.sync.Connection;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that use all that can be shared are killed at random points: nobody hangs, and nothing is left, lost or torn.
 * It takes 10 s; {@code -Dfarmhand.test.storm.seconds=120} for longer, {@code -Dfarmhand.test.storm.seed=N} for the same
 * kills again.
 */
class SharedStormTest {
    private static final int PROCESSES = 3;
    private static final int SECONDS = Integer.getInteger("farmhand.test.storm.seconds", 10);
    private static final long SEED = Long.getLong("farmhand.test.storm.seed", System.nanoTime());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final List<Thread> answering = new ArrayList<>();

    private JvmProcess start(SharedStorm storm) {
        Pipe pipe = Pipe.open();
        answering.add(Thread.ofVirtual().name("answers").start(() -> SharedStorm.answer(pipe)));
        Connection theirs = pipe.second();
        long seed = random.nextLong();
        return JvmProcess.builder(() -> storm.run(seed, theirs)).daemon(true).start();
    }

    @Test
    @FarmTest(seconds = 400)
    void nobodyHangsAndNothingIsLeftLostOrTornWhileProcessesAreKilled() throws Exception {
        System.out.println("seed " + SEED);
        int kills = 0;
        try (Manager manager = Manager.start()) {
            SharedStorm storm = SharedStorm.create(manager, SideLog.in(directory), SideLog.in(directory));
            List<JvmProcess> processes = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(storm));
            }
            CountDownLatch never = new CountDownLatch(1);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (System.nanoTime() < end) {
                boolean _ = never.await(50 + random.nextInt(1_500), TimeUnit.MILLISECONDS);
                JvmProcess victim = processes.remove(random.nextInt(processes.size()));
                assertThat(victim.isAlive()).as("before it is killed: %s", storm.faults().poll()).isTrue();
                victim.kill();
                victim.join();
                kills++;
                processes.add(start(storm));
            }
            storm.stop().set();
            for (JvmProcess process : processes) {
                assertThat(process.join(PATIENCE)).as("%s ends", process).isTrue();
                assertThat(process.exitCode()).as("%s: %s", process, storm.faults().poll()).hasValue(0);
            }
            assertThat(storm.faults().poll()).isNull();
            checkAtRest(storm, kills);
            for (Thread thread : answering) {
                assertThat(thread.join(PATIENCE)).as("the end of a pipe is heard").isTrue();
            }
            storm.close();
        }
        System.out.println("kills " + kills);
    }

    private static void checkAtRest(SharedStorm storm, int kills) throws InterruptedException {
        assertThat(storm.lock().tryLock(PATIENCE)).isTrue();
        assertThat(Math.abs(storm.pair().get(0) - storm.pair().get(1))).as("one increment may be half done")
                .isLessThanOrEqualTo(1);
        storm.lock().unlock();
        assertThat(storm.permits().availablePermits()).isEqualTo(SharedStorm.PERMITS);
        assertThat(storm.counts().values()).isNotEmpty().allMatch(count -> count > 0);
        awaitJobsDone(storm);
        Map<Long, Integer> taken = storm.takes().runs();
        assertThat(taken).isNotEmpty();
        assertThat(taken.values()).as("how often each item was taken").containsOnly(1);
        Set<Long> lost = new HashSet<>(storm.puts().runs().keySet());
        lost.removeAll(taken.keySet());
        for (long[] item; (item = storm.queue().poll()) != null;) {
            lost.remove(SharedStorm.identity(item));
        }
        assertThat(lost).as("what was put in, is not there and was not taken, but by one that was killed then")
                .hasSizeLessThanOrEqualTo(kills);
        assertThat(kills).isPositive();
    }

    private static void awaitJobsDone(SharedStorm storm) throws InterruptedException {
        while (storm.jobs().poll() != null) {
            storm.jobs().taskDone();
        }
        try {
            assertThat(storm.jobs().join(PATIENCE)).isTrue();
        } catch (OwnerDiedException e) {
            assertThat(e).hasMessageContaining("ended between taking an item and saying that it is done");
        }
    }
}
