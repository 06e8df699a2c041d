package io.farmhand.internal.remote;

/** An object of some server, as a proxy's handler knows it. */
interface RemoteObject {
    /** The server that keeps it. */
    ServerKey server();

    /** Its number there. */
    long object();
}
