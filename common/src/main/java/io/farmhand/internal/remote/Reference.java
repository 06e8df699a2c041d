package io.farmhand.internal.remote;

import java.io.Serializable;

/**
 * The handler of a proxy, on its way.
 *
 * @param server where the object is
 * @param object its number there
 * @param type the number of its type there
 * @param token of the reference that is held for it until it arrives; 0 when the receiver's is counted already
 */
record Reference(ServerKey server, long object, int type, long token) implements Serializable {
    @SuppressWarnings("unused") // called by serialization
    private Object readResolve() {
        ObjectServer here = ObjectServer.here(server.id());
        return here != null
                ? LocalHandler.arrived(here, object, token)
                : ObjectClient.of(server).arrived(object, type, token);
    }
}
