package io.farmhand.internal.security;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a call of which a message cannot be read, such as a truncated one: its caller gets {@code INVALID_ARGUMENT}, the
 * service a cancelled call, the log one line. gRPC by itself answers "unknown" and logs a stack for each message.
 */
public final class MessageGuard {
    private final RefusalLog log;

    /** A guard with a log of its own. */
    public MessageGuard() {
        this(new RefusalLog());
    }

    MessageGuard(RefusalLog log) {
        this.log = log;
    }

    /** The same service, guarded. */
    public ServerServiceDefinition guard(ServerServiceDefinition service) {
        ServiceDescriptor plain = service.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(plain.getName())
                .setSchemaDescriptor(plain.getSchemaDescriptor());
        var methods = service.getMethods().stream().map(this::guard).toList();
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder guarded = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(guarded::addMethod);
        return guarded.build();
    }

    private <Q, A> ServerMethodDefinition<Object, A> guard(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
        MethodDescriptor<Object, A> guarded = plain
                .toBuilder(new Reader<>(plain.getRequestMarshaller()), plain.getResponseMarshaller()).build();
        return ServerMethodDefinition.create(guarded, new Handler<>(method.getServerCallHandler()));
    }

    /** Stands for a message that could not be read. */
    private record Malformed(String why) {}

    /** Gives a message, or word that it cannot be read. */
    private static final class Reader<Q> implements Marshaller<Object> {
        private final Marshaller<Q> plain;

        Reader(Marshaller<Q> plain) {
            this.plain = plain;
        }

        @Override
        public Object parse(InputStream stream) {
            try {
                return plain.parse(stream);
            } catch (RuntimeException e) {
                return new Malformed(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
            }
        }

        @Override
        public InputStream stream(Object value) {
            throw new UnsupportedOperationException("a server sends no requests");
        }
    }

    private final class Handler<Q, A> implements ServerCallHandler<Object, A> {
        private final ServerCallHandler<Q, A> plain;

        Handler(ServerCallHandler<Q, A> plain) {
            this.plain = plain;
        }

        @Override
        @SuppressWarnings("unchecked") // whatever is no Malformed is what the method's own marshaller gave
        public ServerCall.Listener<Object> startCall(ServerCall<Object, A> call, Metadata headers) {
            ServerCall.Listener<Q> listener = plain.startCall((ServerCall<Q, A>) (ServerCall<?, A>) call, headers);
            return new GuardedListener((ServerCall.Listener<Object>) (ServerCall.Listener<?>) listener, call);
        }
    }

    /** Passes on what happens to a call until a message of it cannot be read. */
    private final class GuardedListener extends ServerCall.Listener<Object> {
        private final ServerCall.Listener<Object> plain;
        private final ServerCall<?, ?> call;
        private boolean ended;

        GuardedListener(ServerCall.Listener<Object> plain, ServerCall<?, ?> call) {
            this.plain = plain;
            this.call = call;
        }

        @Override
        public void onMessage(@Nullable Object message) {
            if (ended) {
                return;
            }
            if (!(message instanceof Malformed(String why))) {
                plain.onMessage(message);
                return;
            }
            ended = true;
            String detail = "method=" + call.getMethodDescriptor().getFullMethodName() + " why='" + Printable.text(why)
                    + "'";
            log.refused(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), Refusal.MALFORMED_MESSAGE, detail);
            call.close(Status.INVALID_ARGUMENT.withDescription("The coordinator cannot read a message: " + detail
                    + ". Often the two sides are of two versions"), new Metadata());
            plain.onCancel(); // so that the service gives up what belongs to the call
        }

        @Override
        public void onHalfClose() {
            if (!ended) {
                plain.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            if (!ended) {
                plain.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                plain.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                plain.onReady();
            }
        }
    }
}
