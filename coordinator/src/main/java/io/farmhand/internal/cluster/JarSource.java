package io.farmhand.internal.cluster;

import com.google.protobuf.UnsafeByteOperations;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.JarPart;
import io.farmhand.internal.wire.Wire;
import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a jar, cut into parts, no faster than a call takes them. Not for use by several threads at once. */
final class JarSource implements AutoCloseable {
    private final Jar jar;
    private final InputStream bytes;
    private boolean announced;
    private boolean complete;

    /** @throws IOException when the file cannot be read */
    JarSource(Jar jar, Path file) throws IOException {
        this.jar = jar;
        this.bytes = Files.newInputStream(file);
    }

    /**
     * Sends what the call takes now, and completes it behind the last part.
     *
     * @return whether it is complete
     */
    boolean send(CallStreamObserver<JarPart> out) throws IOException {
        while (!complete && out.isReady()) {
            byte[] data = bytes.readNBytes(Wire.FRAME_BYTES);
            JarPart.Builder part = JarPart.newBuilder().setData(UnsafeByteOperations.unsafeWrap(data));
            if (!announced) {
                announced = true;
                out.onNext(part.setJar(jar).build());
            } else if (data.length > 0) {
                out.onNext(part.build());
            } else {
                complete = true;
                out.onCompleted();
            }
        }
        return complete;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
