package io.farmhand.internal.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.jvm.LastUsers;
import io.farmhand.internal.shm.Party;
import io.farmhand.shared.SharedMemory;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.testing.ChildJvm;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Notes which slots are swept out of it. */
    private record Swept(Set<Integer> slots) implements Occupant {
        @Override
        public void partyLeft(int slot, boolean killed) {
            slots.add(slot);
        }

        @Override
        public void wakeAll() {
            // Nobody waits.
        }
    }

    @Test
    void whoIsTurnedAwaySinceThereAreTooManyIsNotSweptOutOfAnything() throws IOException {
        Home home = Home.here();
        Swept swept = new Swept(ConcurrentHashMap.newKeySet());
        ObjectKey key = home.newKey();
        home.keep(key, swept, () -> {
            // It has no memory.
        });
        UnixDomainSocketAddress door = UnixDomainSocketAddress.of(home.directory().resolve("home"));
        List<SocketChannel> lines = new ArrayList<>();
        while (slotOf(connected(door, lines)) != 0) {
            // Until there is none left.
        }
        try (SocketChannel last = lines.removeLast()) {
            assertThat(last.read(ByteBuffer.allocate(1))).isNegative();
        }
        assertThat(lines).hasSizeBetween(Party.MAX_SLOTS / 2, Party.MAX_SLOTS);
        for (SocketChannel line : lines) {
            line.close();
        }
        while (swept.slots().size() < lines.size()) {
            Thread.onSpinWait();
        }
        home.forget(key);
        assertThat(swept.slots()).doesNotContain(0);
    }

    private static SocketChannel connected(UnixDomainSocketAddress door, List<SocketChannel> lines)
            throws IOException {
        SocketChannel line = SocketChannel.open(door);
        lines.add(line);
        return line;
    }

    private static int slotOf(SocketChannel line) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(Integer.BYTES);
        while (slot.hasRemaining()) {
            assertThat(line.read(slot)).isPositive();
        }
        return slot.getInt(0);
    }

    @Test
    void whatIsSharedIsThereUntilItsLastUsersHaveEnded() throws InterruptedException {
        List<String> lines = ChildJvm.run(() -> {
            Path file = Path.of(SharedMemory.create(1).name());
            LastUsers.addHook("last-user", () -> {
                long start = System.nanoTime();
                while (Files.exists(file) && System.nanoTime() - start < 300_000_000) {
                    Thread.onSpinWait();
                }
                System.out.println(Files.exists(file) ? "there" : "gone");
            });
            System.out.println(file);
        });
        assertThat(lines.getLast()).isEqualTo("there");
        assertThat(Path.of(lines.getFirst())).doesNotExist();
    }
}
