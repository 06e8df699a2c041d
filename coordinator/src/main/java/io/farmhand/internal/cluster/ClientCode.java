package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.farmhand.internal.code.CodeEntry;
import io.farmhand.internal.code.CodePacker;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.code.JavaRange;
import io.farmhand.internal.code.NewerJavaException;
import io.farmhand.internal.code.PackedCode;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.JarPart;
import io.farmhand.internal.proto.JarStored;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The code that a client's workers need, and how it is brought to the coordinator. Immutable. */
final class ClientCode implements AutoCloseable {
    private final PackedCode code;

    private ClientCode(PackedCode code) {
        this.code = code;
    }

    /** Packs what is on a class path. */
    static ClientCode of(JarStore store, List<Path> classPath) throws IOException {
        return new ClientCode(new CodePacker(store).pack(classPath));
    }

    List<Jar> jars() {
        return code.manifest().entries().stream().map(entry -> Jar.newBuilder()
                .setName(entry.name())
                .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(entry.sha256())))
                .setSizeBytes(entry.sizeBytes())
                .build()).toList();
    }

    /** The Javas that run it. */
    JavaRange javas() {
        return code.manifest().javas();
    }

    /**
     * Refuses code that is too new for the workers.
     *
     * @param workersJava 0 when that is not known
     */
    void checkRunsOn(int workersJava) throws IOException {
        if (workersJava > 0) {
            try {
                code.manifest().checkRunsOn(workersJava);
            } catch (NewerJavaException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Brings a jar to the coordinator. */
    void store(Jar missing, Channel channel) throws IOException, InterruptedException {
        String sha256 = Jars.hex(missing.getSha256());
        CodeEntry entry = code.manifest().entries().stream().filter(each -> each.sha256().equals(sha256)).findFirst()
                .orElseThrow(() -> new IOException("the coordinator wants a jar that nobody named: sha256=" + sha256));
        try (JarSource source = new JarSource(missing, entry.path())) {
            Upload upload = new Upload(source);
            ClusterGrpc.newStub(channel).store(upload);
            upload.stored.get();
        } catch (ExecutionException e) {
            throw new IOException("The jar " + entry.name() + " cannot be brought to the coordinator: "
                    + Dialer.words(Status.fromThrowable(e.getCause())), e);
        }
    }

    /** Sends one jar, when there is room for its next part. Owned by the transport's thread. */
    private static final class Upload implements ClientResponseObserver<JarPart, JarStored> {
        final CompletableFuture<JarStored> stored = new CompletableFuture<>();
        private final JarSource source;

        Upload(JarSource source) {
            this.source = source;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<JarPart> call) {
            call.setOnReadyHandler(() -> send(call));
        }

        private void send(ClientCallStreamObserver<JarPart> call) {
            try {
                boolean _ = source.send(call);
            } catch (IOException e) {
                stored.completeExceptionally(e);
                call.cancel("the jar cannot be read", e);
            }
        }

        @Override
        public void onNext(JarStored value) {
            stored.complete(value);
        }

        @Override
        public void onError(Throwable cause) {
            stored.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            stored.completeExceptionally(new IOException("the coordinator closed the call"));
        }
    }

    @Override
    public void close() {
        code.close();
    }
}
