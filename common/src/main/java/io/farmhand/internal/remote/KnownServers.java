package io.farmhand.internal.remote;

import io.farmhand.internal.socket.Way;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers that this process has, uses, or has sent proxies of to workers elsewhere. Those workers reach them, and no
 * other socket, by way of this process. Its map is concurrent; an entry for each such manager stays as long as the process.
 */
public final class KnownServers {
    private static final Map<Long, ServerKey> SENT = new ConcurrentHashMap<>();

    private KnownServers() {}

    /** What leads to a server was sent to workers that may be on other hosts. */
    static void sent(ServerKey server) {
        SENT.putIfAbsent(server.id(), server);
    }

    /** The server of an id; null if it is none of these. */
    static @Nullable ServerKey find(long id) {
        ObjectServer here = ObjectServer.here(id);
        if (here != null) {
            return here.key();
        }
        ServerKey used = ObjectClient.known(id);
        return used == null ? SENT.get(id) : used;
    }

    /** How this process gets to the server of an id; null if it is none of these. */
    public static @Nullable Way way(long id) {
        ServerKey known = find(id);
        return known == null ? null : known.way();
    }
}
