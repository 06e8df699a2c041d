package io.farmhand.internal.cluster;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Messages as they are on the wire, for whoever passes them on without looking. */
enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    /** The same method, with its messages unread. */
    static MethodDescriptor<byte[], byte[]> of(MethodDescriptor<?, ?> method) {
        return method.toBuilder(INSTANCE, INSTANCE).build();
    }

    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try (stream) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw Status.INTERNAL.withDescription("a message broke off").withCause(e).asRuntimeException();
        }
    }
}
