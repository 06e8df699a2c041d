package io.farmhand.internal.cluster;

import io.farmhand.internal.shm.FarmDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Tells whoever of this user asks on this host how a coordinator or an agent is, on a socket of a directory that nobody else may
 * enter. The answer is given by the thread that does the work, so that a process whose thread hangs is not taken for well.
 *
 * <p><b>Concurrency.</b> A thread of its own takes askers, one after the other.
 */
public final class HealthDesk implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthDesk.class.getName());
    private static final String SOCKET = "health";
    /** How long the thread that does the work may take to say how it is. */
    private static final long ANSWER_SECONDS = 5;

    private final Supplier<CompletableFuture<Health>> ask;
    private final FarmDirectory directory;
    private final ServerSocketChannel listening;

    /**
     * Opens it.
     *
     * @param ask asks the thread that does the work
     * @throws IOException when its directory or socket cannot be made
     */
    public HealthDesk(Supplier<CompletableFuture<Health>> ask) throws IOException {
        this.ask = ask;
        directory = FarmDirectory.create();
        boolean whole = false;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(directory.path().resolve(SOCKET)));
            whole = true;
        } finally {
            if (!whole) {
                directory.close();
            }
        }
        Thread.ofPlatform().daemon().name("farm-health").start(this::serve);
    }

    private void serve() {
        try {
            while (true) {
                tell(listening.accept());
            }
        } catch (IOException e) { // closed, or out of descriptors, which is not well
            LOG.log(System.Logger.Level.DEBUG, "nobody is told any more how it is", e);
        }
    }

    private void tell(SocketChannel asker) {
        try (asker) {
            asker.write(ByteBuffer.wrap((answer().encode() + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the asker has gone", e);
        }
    }

    private Health answer() {
        try {
            return ask.get().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return new Health(false, "its thread does not answer: seconds=" + ANSWER_SECONDS);
        } catch (ExecutionException | RuntimeException e) {
            return new Health(false, "it has ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Health(false, "it is ending");
        }
    }

    /** What all coordinators and agents of this user and host say; of one that says nothing, that it does not. */
    public static List<Health> askAll(Duration patience) throws IOException {
        List<Health> answers = new ArrayList<>();
        try (FarmDirectory own = FarmDirectory.create()) { // which also removes what killed ones left
            for (Path directory : own.siblings()) {
                Path socket = directory.resolve(SOCKET);
                if (Files.exists(socket)) {
                    answers.add(ask(socket, patience));
                }
            }
        }
        return answers;
    }

    private static Health ask(Path socket, Duration patience) {
        CompletableFuture<Health> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("farm-asker").start(() -> {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    InputStream in = Channels.newInputStream(channel)) {
                answer.complete(Health.decode(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()));
            } catch (IOException e) {
                answer.complete(new Health(false, "cannot be asked: " + e.getMessage()));
            }
        });
        return answer.completeOnTimeout(new Health(false, "does not answer: seconds=" + patience.toSeconds()),
                patience.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the socket is left to the next sweep", e);
        } finally {
            directory.close();
        }
    }
}
