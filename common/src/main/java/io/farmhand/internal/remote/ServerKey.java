package io.farmhand.internal.remote;

import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.HostBoundException;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.socket.Receiver;
import io.farmhand.internal.socket.Way;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that a process must know to use a server's objects.
 *
 * <p>The key stands in no text. It travels with this, for whoever gets a proxy must be able to use it; but neither to those who
 * have it, the server and its users on their lines to it, nor where others can hear it, nor from a worker of a cluster to its
 * caller, who is to dial nothing that a worker names. What comes without is completed from what the process knows that
 * receives it.
 *
 * <p><b>Realms.</b> A worker of a cluster, and what it starts, reach what listens in their own realm by its address, and all else
 * through a tunnel to the process that the worker works for: that is decided by what is known here, not by trying.
 */
public final class ServerKey implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SocketAddress address;
    private final byte[] key;
    private final long id;
    private final long pid;
    private final long realm;

    /**
     * @param address where the server listens
     * @param key what its users must know
     * @param id tells it from others that listened there before
     * @param pid its process
     * @param realm the realm from which its address can be dialled, see {@link Outlet}
     */
    ServerKey(SocketAddress address, byte[] key, long id, long pid, long realm) {
        this.address = address;
        this.key = key.clone();
        this.id = id;
        this.pid = pid;
        this.realm = realm;
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

    /** The realm from which its address can be dialled. */
    long realm() {
        return realm;
    }

    /** How this process gets there. */
    Way way() {
        Outlet outlet = Outlet.current();
        return outlet == null || outlet.realm() == realm
                ? new Way.Direct(address)
                : new Way.Tunnelled(outlet, id, address);
    }

    /** Whether only processes of its own host can dial it. */
    private boolean isOfItsHostOnly() {
        return !(address instanceof InetSocketAddress network) || network.getAddress() == null
                || network.getAddress().isLoopbackAddress() || network.getAddress().isAnyLocalAddress();
    }

    /**
     * Refuses to send away what leads to this server to where it would be of no use; to be called when that is written.
     *
     * @param culprit whether an object is what leads there
     * @throws HostBoundException in that case
     */
    void checkMaySetOut(Predicate<Object> culprit) {
        if (Destination.current() == Destination.BACK && realm == Outlet.currentRealm() && isOfItsHostOnly()) {
            throw new HostBoundException(culprit, "is kept by a process of the worker's host (" + this
                    + "), which the caller's host cannot reach",
                    "Return a copy of what it holds, or put that into an object of a Manager that the caller made.");
        }
    }

    @SuppressWarnings("unused") // called by serialization
    private Object writeReplace() {
        checkMaySetOut(this::equals);
        if (Destination.current() == Destination.WORKERS) {
            KnownServers.sent(this);
        }
        Receiver receiver = Receiver.current();
        boolean isKnown = (receiver instanceof Guest guest && guest.server().equals(this))
                || (receiver instanceof ObjectClient client && client.key().equals(this))
                || (receiver == null && Destination.current() == Destination.BACK);
        return isKnown || (receiver != null && receiver.isOverheard())
                ? new Name(id, toString())
                : new Whole(address, key, id, pid, realm);
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("something else travels instead of it");
    }

    /** A server with all that there is to know; who reads what comes from elsewhere refuses it by its class. */
    @SuppressWarnings("ArrayRecordComponent") // it is on its way only
    private record Whole(SocketAddress address, byte[] key, long id, long pid, long realm) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            return new ServerKey(address, key, id, pid, realm);
        }
    }

    /** A server by its name, without the key. */
    private record Name(long id, String text) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() throws InvalidObjectException {
            ServerKey known = KnownServers.find(id);
            if (known == null) {
                throw new InvalidObjectException("This process does not know the server of a proxy or manager, and the"
                        + " key was not sent, since it came over a network that does not encrypt, or from a worker that"
                        + " may be on another host: server: " + text
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
