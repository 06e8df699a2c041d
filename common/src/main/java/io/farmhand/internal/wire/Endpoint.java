package io.farmhand.internal.wire;

import java.nio.file.Path;

/** Where a farm listens. */
public sealed interface Endpoint {
    /** A Unix domain socket, in a directory that only its owner may enter. */
    record Socket(Path path) implements Endpoint {
        /** The longest path that a socket's address holds, in bytes, on Linux; macOS holds four fewer. */
        public static final int MAX_PATH_BYTES = 103;
    }

    /** A port on the loopback interface, where domain sockets cannot be had. */
    record Loopback(int port) implements Endpoint {}
}
