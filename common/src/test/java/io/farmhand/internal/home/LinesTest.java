package io.farmhand.internal.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lines between processes, and what is told of them. */
@NullUnmarked
@Timeout(60)
class LinesTest {
    @TempDir
    Path directory;

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    private Object next() throws InterruptedException {
        return heard.poll(50, TimeUnit.SECONDS);
    }

    private LineEnd end() {
        return new LineEnd() {
            @Override
            public void said(int what) {
                heard.add(what);
            }

            @Override
            public void ended() {
                heard.add("ended");
            }
        };
    }

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(directory.resolve("door"));
    }

    private ServerSocketChannel door() throws Exception {
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return door.bind(address());
    }

    @Test
    void tellsEachWordAndTheEnd() throws Exception {
        Lines lines = Lines.start();
        try (ServerSocketChannel door = door()) {
            lines.accept(door, line -> lines.watch(line, end()));
            try (SocketChannel line = SocketChannel.open(address())) {
                int _ = line.write(ByteBuffer.allocate(12).putInt(7).putInt(8).putInt(Lines.FAREWELL).flip());
            }
            assertThat(next()).isEqualTo(7);
            assertThat(next()).isEqualTo(8);
            assertThat(next()).isEqualTo(Lines.FAREWELL);
            assertThat(next()).isEqualTo("ended");
        }
    }

    @Test
    void anErrorOfOneDoesNotSilenceTheOthers() throws Exception {
        Lines lines = Lines.start();
        AtomicBoolean thrown = new AtomicBoolean();
        try (ServerSocketChannel door = door()) {
            lines.accept(door, line -> {
                heard.add("came");
                if (!thrown.getAndSet(true)) {
                    throw new StackOverflowError("of a test");
                }
                lines.watch(line, end());
            });
            try (SocketChannel _ = SocketChannel.open(address())) {
                assertThat(next()).isEqualTo("came");
            }
            try (SocketChannel _ = SocketChannel.open(address())) {
                assertThat(next()).isEqualTo("came");
            }
            assertThat(next()).isEqualTo("ended");
        }
    }

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
                public void said(int what) {
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
