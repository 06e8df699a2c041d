package io.farmhand.internal.security;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A service of text: it says who called, and what. */
final class TestService {
    /** For workers. */
    static final MethodDescriptor<String, String> JOIN = method("Join", MethodType.UNARY);
    /** For clients. */
    static final MethodDescriptor<String, String> OPEN = method("Open", MethodType.UNARY);
    /** For both; stays open while the caller's side is. */
    static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);
    /** Of the service, and in no table. */
    static final MethodDescriptor<String, String> FORGOTTEN = method("Forgotten", MethodType.UNARY);

    private static final String NAME = "farmhand.test.Text";

    private TestService() {}

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text()).setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("farmhand.test.Text", name)).build();
    }

    private static final class Text implements Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static ServerServiceDefinition definition() {
        ServiceDescriptor descriptor = ServiceDescriptor.newBuilder(NAME).addMethod(JOIN).addMethod(OPEN)
                .addMethod(TALK)
                .addMethod(FORGOTTEN).build();
        return ServerServiceDefinition.builder(descriptor)
                .addMethod(JOIN, ServerCalls.asyncUnaryCall(TestService::answer))
                .addMethod(OPEN, ServerCalls.asyncUnaryCall(TestService::answer))
                .addMethod(FORGOTTEN, ServerCalls.asyncUnaryCall(TestService::answer))
                .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(TestService::talk))
                .build();
    }

    private static void answer(String text, StreamObserver<String> out) {
        Peer peer = Peer.current();
        out.onNext(peer.role().label() + " " + peer.name() + ": " + text);
        out.onCompleted();
    }

    private static StreamObserver<String> talk(StreamObserver<String> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String text) {
                out.onNext(text);
            }

            @Override
            public void onError(Throwable cause) {
                // the caller has gone
            }

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    static Rights rights() {
        return Rights.builder().allow(Role.WORKER, JOIN, TALK).allow(Role.CLIENT, OPEN, TALK)
                .of(ServiceDescriptor.newBuilder(NAME).addMethod(JOIN).addMethod(OPEN).addMethod(TALK).build());
    }
}
