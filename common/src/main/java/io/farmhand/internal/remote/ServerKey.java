package io.farmhand.internal.remote;

import io.farmhand.internal.socket.Receiver;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * All that a process must know to use a server's objects.
 *
 * <p>The key stands in no text. It travels with this, for whoever gets a proxy must be able to use it; but neither to those who
 * have it, the server and its users on their lines to it, nor where others can hear it. What comes without is completed from
 * what the process knows that receives it.
 */
public final class ServerKey implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SocketAddress address;
    private final byte[] key;
    private final long id;
    private final long pid;

    /**
     * @param address where the server listens
     * @param key what its users must know
     * @param id tells it from others that listened there before
     * @param pid its process
     */
    ServerKey(SocketAddress address, byte[] key, long id, long pid) {
        this.address = address;
        this.key = key.clone();
        this.id = id;
        this.pid = pid;
    }

    /** Where the server listens. */
    public SocketAddress address() {
        return address;
    }

    /** What its users must know. */
    public byte[] key() {
        return key.clone();
    }

    /** Tells it from all others. */
    long id() {
        return id;
    }

    /** Its process. */
    public long pid() {
        return pid;
    }

    @SuppressWarnings("unused") // called by serialization
    private Object writeReplace() {
        Receiver receiver = Receiver.current();
        boolean isKnown = (receiver instanceof Guest guest && guest.server().equals(this))
                || (receiver instanceof ObjectClient client && client.key().equals(this));
        return isKnown || (receiver != null && receiver.isOverheard()) ? new Name(id, toString()) : this;
    }

    /** A server by its name, without the key. */
    private record Name(long id, String text) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() throws InvalidObjectException {
            ObjectServer here = ObjectServer.here(id);
            ServerKey known = here != null ? here.key() : ObjectClient.known(id);
            if (known == null) {
                throw new InvalidObjectException("This process does not know the server of a proxy or manager, and the"
                        + " key was not sent, since it came over a network that does not encrypt: server: " + text
                        + ". Call Manager.connect with its address and key here before.");
            }
            return known;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerKey server && server.id == id;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public String toString() {
        return "pid=" + pid + " address=" + address;
    }
}
