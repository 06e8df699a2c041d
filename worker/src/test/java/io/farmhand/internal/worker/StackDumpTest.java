package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StackDumpTest {
    @Test
    void theGivenThreadComesFirst() {
        String dump = StackDump.of(Thread.currentThread());
        assertThat(dump).startsWith("\"" + Thread.currentThread().getName() + "\"").contains(
                "StackDumpTest.theGivenThreadComesFirst");
        assertThat(dump.lines().filter(line -> line.startsWith("\"")).count()).isGreaterThan(2);
    }

    @Test
    void aDumpOfManyDeepStacksIsCut() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch deep = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            Thread.ofPlatform().daemon().start(() -> descend(1000, deep, release));
        }
        deep.await();
        String dump = StackDump.of(Thread.currentThread());
        release.countDown();
        assertThat(dump).hasSize(StackDump.MAX_CHARS).contains(" more\n").endsWith("...\n");
    }

    private static void descend(int depth, CountDownLatch deep, CountDownLatch release) {
        if (depth > 0) {
            descend(depth - 1, deep, release);
            return;
        }
        deep.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
