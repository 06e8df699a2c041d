package io.farmhand.internal.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LinesTest {
    @TempDir
    Path directory;

    @Test
    void anEndForWhichThereWasNoThreadIsToldAgain() throws IOException, InterruptedException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        Lines lines = Lines.start();
        AtomicInteger told = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(address);
            SocketChannel there = SocketChannel.open(address);
            lines.watch(door.accept(), new LineEnd() {
                @Override
                public void farewell() {
                    // It says none.
                }

                @Override
                public void ended() {
                    if (told.incrementAndGet() < 3) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    done.countDown();
                }
            });
            there.close();
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).hasValue(3);
    }
}
