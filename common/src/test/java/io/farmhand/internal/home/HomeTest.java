package io.farmhand.internal.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.shared.SharedMemory;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.testing.ChildJvm;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HomeTest {
    @Test
    void aHomeThatHasEndedIsForgotten() throws InterruptedException {
        try (ChildJvm maker = ChildJvm.start(() -> {
            System.out.println(SharedMemory.create(1).name());
            new CountDownLatch(1).await();
        })) {
            String name = maker.awaitLine();
            String home = name.substring(0, name.lastIndexOf('/'));
            SharedMemory memory = SharedMemory.open(name);
            assertThat(Home.homes()).contains(home);
            maker.kill();
            while (!memory.isClosed()) {
                Thread.onSpinWait();
            }
            assertThat(Home.homes()).doesNotContain(home);
            assertThatThrownBy(() -> SharedMemory.open(home + "/2")).isInstanceOf(HandleClosedException.class);
        }
    }
}
