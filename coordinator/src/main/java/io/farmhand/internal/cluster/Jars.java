package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.JarPart;
import io.farmhand.internal.proto.JarStored;
import io.farmhand.internal.proto.JarWanted;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The jars that a coordinator keeps for its clients, and how they come and go.
 *
 * <p><b>Concurrency.</b> Disks are slow: what touches them runs on a thread of its own for each call, never on the transport's.
 * {@code this} guards who uses what.
 */
final class Jars implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Jars.class.getName());
    private final JarStore store;
    private final Executor disk = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("farm-jars").factory());
    /** What is in use, by hash, and by how many clients. */
    private final Map<String, Used> used = new HashMap<>();

    private static final class Used {
        final JarStore.Lease lease;
        int clients;

        Used(JarStore.Lease lease) {
            this.lease = lease;
        }
    }

    Jars(JarStore store) {
        this.store = store;
    }

    static String hex(ByteString sha256) {
        return HexFormat.of().formatHex(sha256.toByteArray());
    }

    /**
     * Which of a client's jars are not here; those that are stay until {@link #release}.
     *
     * @return completes with them, or with an IOException when the store cannot be read, or an IllegalArgumentException when
     *     one is named by what is no SHA-256
     */
    CompletableFuture<List<Jar>> missing(List<Jar> wanted) {
        CompletableFuture<List<Jar>> answer = new CompletableFuture<>();
        disk.execute(() -> {
            try {
                answer.complete(use(wanted));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private synchronized List<Jar> use(List<Jar> wanted) throws IOException {
        List<Jar> missing = new ArrayList<>();
        List<Jar> here = new ArrayList<>();
        boolean whole = false;
        try {
            for (Jar jar : wanted) {
                (use(hex(jar.getSha256())) ? here : missing).add(jar);
            }
            whole = true;
            return missing;
        } finally {
            if (!whole) {
                release(here);
            }
        }
    }

    private boolean use(String sha256) throws IOException {
        Used known = used.get(sha256);
        if (known == null) {
            JarStore.Lease lease = store.find(sha256);
            if (lease == null) {
                return false;
            }
            known = new Used(lease);
            used.put(sha256, known);
        }
        known.clients++;
        return true;
    }

    /** A client that was told what is missing has gone. */
    synchronized void release(List<Jar> wanted) {
        for (Jar jar : wanted) {
            String sha256 = hex(jar.getSha256());
            Used known = used.get(sha256);
            if (known != null && --known.clients <= 0) {
                used.remove(sha256);
                known.lease.close();
            }
        }
    }

    // ---- out ----

    /** Sends a jar, no faster than it is taken. */
    void send(JarWanted wanted, ServerCallStreamObserver<JarPart> out) {
        JarSender sender = new JarSender(out);
        out.setOnReadyHandler(() -> disk.execute(sender::send));
        out.setOnCancelHandler(() -> disk.execute(sender::close));
        disk.execute(() -> sender.open(hex(wanted.getSha256())));
    }

    /** Sends the bytes of one jar. Guarded by itself. */
    private final class JarSender {
        private final ServerCallStreamObserver<JarPart> out;
        private JarStore.@Nullable Lease lease;
        private @Nullable JarSource source;

        JarSender(ServerCallStreamObserver<JarPart> out) {
            this.out = out;
        }

        synchronized void open(String sha256) {
            try {
                JarStore.Lease found = store.find(sha256);
                if (found == null) {
                    out.onError(Status.NOT_FOUND.withDescription("the coordinator has no jar sha256=" + sha256)
                            .asRuntimeException());
                    return;
                }
                lease = found;
                Jar jar = Jar.newBuilder().setName(String.valueOf(found.path().getFileName()))
                        .setSizeBytes(Files.size(found.path())).build();
                source = new JarSource(jar, found.path());
                send();
            } catch (IOException | IllegalArgumentException e) {
                out.onError(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
                close();
            }
        }

        synchronized void send() {
            try {
                if (source != null && source.send(out)) {
                    close();
                }
            } catch (IOException e) {
                out.onError(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
                close();
            }
        }

        synchronized void close() {
            try {
                if (source != null) {
                    source.close();
                }
            } catch (IOException e) {
                // It was only read.
            } finally {
                source = null;
                if (lease != null) {
                    lease.close();
                    lease = null;
                }
            }
        }
    }

    // ---- in ----

    /** Receives a jar, no faster than the disk takes it. */
    StreamObserver<JarPart> receive(ServerCallStreamObserver<JarStored> out) {
        out.disableAutoRequest();
        JarReceiver receiver = new JarReceiver(out);
        out.setOnCancelHandler(() -> disk.execute(receiver::close));
        out.request(1);
        return receiver;
    }

    /** Stores the bytes of one jar. Guarded by itself; parts come one at a time. */
    private final class JarReceiver implements StreamObserver<JarPart> {
        private final ServerCallStreamObserver<JarStored> out;
        private JarStore.@Nullable Incoming incoming;
        private String sha256 = "";
        /** Whether a part is being written: what comes after it waits. */
        private boolean writing;
        private boolean completing;
        private boolean over;

        JarReceiver(ServerCallStreamObserver<JarStored> out) {
            this.out = out;
        }

        @Override
        public synchronized void onNext(JarPart part) {
            writing = true;
            disk.execute(() -> write(part));
        }

        private synchronized void write(JarPart part) {
            if (over) {
                return;
            }
            try {
                if (incoming == null) {
                    sha256 = hex(part.getJar().getSha256());
                    incoming = store.receive(part.getJar().getName(), sha256, part.getJar().getSizeBytes());
                }
                incoming.write(part.getData().asReadOnlyByteBuffer());
                writing = false;
                if (completing) {
                    finish();
                } else {
                    out.request(1);
                }
            } catch (IOException | IllegalArgumentException e) {
                refuse(String.valueOf(e.getMessage()));
            }
        }

        private void refuse(String why) {
            LOG.log(System.Logger.Level.WARNING, "A client's jar was not taken: " + why);
            out.onError(Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException());
            close();
        }

        @Override
        public synchronized void onCompleted() {
            completing = true;
            if (!writing) {
                disk.execute(this::finish);
            }
        }

        private synchronized void finish() {
            if (over) {
                return;
            }
            if (incoming == null) {
                refuse("no jar was brought");
                return;
            }
            try {
                keep(sha256, incoming.finish());
                incoming = null;
                over = true;
                out.onNext(JarStored.getDefaultInstance());
                out.onCompleted();
            } catch (IOException e) {
                refuse(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void onError(Throwable cause) {
            disk.execute(this::close);
        }

        private synchronized void close() {
            over = true;
            if (incoming != null) {
                try {
                    incoming.close();
                } catch (IOException e) {
                    // The next who opens the store removes it.
                } finally {
                    incoming = null;
                }
            }
        }
    }

    /** A jar that a client has brought stays for as long as that client does. */
    private synchronized void keep(String sha256, JarStore.Lease lease) {
        Used known = used.get(sha256);
        if (known == null) {
            known = new Used(lease);
            used.put(sha256, known);
        } else {
            lease.close();
        }
        known.clients++;
    }

    @Override
    public synchronized void close() {
        used.values().forEach(each -> each.lease.close());
        used.clear();
    }
}
