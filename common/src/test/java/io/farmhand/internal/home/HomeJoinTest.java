package io.farmhand.internal.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a process asks to be let into the home of another one. */
@NullUnmarked
@Timeout(30)
class HomeJoinTest {
    @TempDir
    private Path directory;

    private Path home(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private static ServerSocketChannel door(Path home) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(home.resolve("home")));
    }

    private static void letIn(ServerSocketChannel door, int slot) throws IOException {
        SocketChannel guest = door.accept();
        guest.write(ByteBuffer.allocate(Integer.BYTES).putInt(slot).flip());
    }

    @Test
    void anInterruptWhileAHomeIsSlowIsKeptForLater() throws Exception {
        Path slow = home("slow");
        try (ServerSocketChannel door = door(slow)) {
            CompletableFuture<Integer> slot = new CompletableFuture<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    slot.complete(Home.of(new ObjectKey(slow.toString(), 1)).slot());
                } catch (Throwable e) {
                    slot.completeExceptionally(e);
                }
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            SocketChannel first = door.accept();
            thread.interrupt();
            letIn(door, 7);
            assertThat(slot.get()).isEqualTo(7);
            assertThat(interrupted.get()).isTrue();
            first.close();
        }
    }

    @Test
    void aHomeThatDoesNotAnswerHoldsUpNoOther() throws Exception {
        Path silent = home("silent");
        Path quick = home("quick");
        try (ServerSocketChannel noDoor = door(silent); ServerSocketChannel door = door(quick)) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Home.of(new ObjectKey(silent.toString(), 1));
                } catch (Throwable e) {
                    thrown.complete(e);
                }
            });
            try (SocketChannel _ = noDoor.accept()) {
                CompletableFuture<Integer> slot = CompletableFuture
                        .supplyAsync(() -> Home.of(new ObjectKey(quick.toString(), 1)).slot());
                letIn(door, 3);
                assertThat(slot.get()).isEqualTo(3);
                assertThat(thrown).isNotDone();
            }
            assertThat(thrown.get()).hasMessageContaining("ended");
        }
    }
}
