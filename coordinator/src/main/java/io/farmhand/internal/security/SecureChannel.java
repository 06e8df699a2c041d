package io.farmhand.internal.security;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * Makes channels to a coordinator: it must show a coordinator's certificate for the name that was dialled, and each call
 * carries a proof that the caller knows its token. Stateless.
 */
public final class SecureChannel {
    private SecureChannel() {}

    /**
     * Begins a channel. More may be set.
     *
     * @param host a name or an address, as the coordinator's certificate has it
     * @param port where it listens
     * @throws SecuritySetupException when the credentials have no TLS and the host is another
     */
    public static NettyChannelBuilder builder(String host, int port, Credentials credentials)
            throws SecuritySetupException {
        Identity identity = credentials.identity();
        NettyChannelBuilder builder;
        if (identity == null) {
            InetSocketAddress address = new InetSocketAddress(host, port);
            ListenAddress.checkDial(address, false);
            builder = NettyChannelBuilder.forAddress(address).usePlaintext(); // not looked up again
        } else {
            builder = NettyChannelBuilder.forAddress(host, port).sslContext(Tls.client(identity));
        }
        return builder.intercept(new Prover(new ProofOfToken(credentials.token(), identity != null)));
    }

    /** Adds the proof to each call. */
    private static final class Prover implements ClientInterceptor {
        private final CallCredentials proof;

        Prover(CallCredentials proof) {
            this.proof = proof;
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withCallCredentials(proof));
        }
    }

    /** Makes the proof for the connection that a call goes by. */
    private static final class ProofOfToken extends CallCredentials {
        private final Token token;
        private final boolean tls;

        ProofOfToken(Token token, boolean tls) {
            this.token = token;
            this.tls = tls;
        }

        @Override
        public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
            Attributes connection = call.getTransportAttrs();
            SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            if (tls == (session == null)) {
                applier.fail(Status.UNAUTHENTICATED.withDescription(
                        "the connection is not as secure as it should be: tls=" + (session != null)));
                return;
            }
            Metadata headers = new Metadata();
            try {
                headers.put(TokenProof.KEY, TokenProof.of(token, session));
            } catch (SSLException e) {
                applier.fail(Status.UNAUTHENTICATED.withDescription("no proof of the token can be made").withCause(e));
                return;
            }
            applier.apply(headers);
        }
    }
}
