package io.farmhand.internal.cluster;

import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.JarPart;
import io.farmhand.internal.proto.JarWanted;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** How an agent gets the jars of a client. Stateless. */
final class JarFetcher {
    private JarFetcher() {}

    /**
     * The jars, of which those that are not here are fetched.
     *
     * @return leases on all, in the same order, to be closed by the caller
     * @throws IOException when one cannot be had
     */
    static List<JarStore.Lease> fetch(Channel channel, JarStore store, List<Jar> jars) throws IOException {
        List<JarStore.Lease> leases = new ArrayList<>();
        boolean whole = false;
        try {
            for (Jar jar : jars) {
                JarStore.Lease here = store.find(Jars.hex(jar.getSha256()));
                leases.add(here == null ? fetch(channel, store, jar) : here);
            }
            whole = true;
            return leases;
        } finally {
            if (!whole) {
                leases.forEach(JarStore.Lease::close);
            }
        }
    }

    private static JarStore.Lease fetch(Channel channel, JarStore store, Jar jar) throws IOException {
        try (JarStore.Incoming incoming = store.receive(jar.getName(), Jars.hex(jar.getSha256()),
                jar.getSizeBytes())) {
            Iterator<JarPart> parts = ClusterGrpc.newBlockingStub(channel)
                    .fetch(JarWanted.newBuilder().setSha256(jar.getSha256()).build());
            while (parts.hasNext()) {
                incoming.write(parts.next().getData().asReadOnlyByteBuffer());
            }
            return incoming.finish();
        } catch (StatusRuntimeException e) {
            throw new IOException("The jar " + jar.getName() + " cannot be had from the coordinator: "
                    + Dialer.words(e.getStatus()), e);
        }
    }
}
