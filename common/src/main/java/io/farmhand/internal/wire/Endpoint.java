package io.farmhand.internal.wire;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a farm listens. */
public sealed interface Endpoint {
    /** Set to {@code tcp} to use the loopback interface where domain sockets would do. */
    String TRANSPORT_PROPERTY = "farmhand.transport";

    /** A Unix domain socket, in a directory that only its owner may enter. */
    record Socket(Path path) implements Endpoint {
        /** The longest path that a socket's address holds, in bytes, on Linux; macOS holds four fewer. */
        public static final int MAX_PATH_BYTES = 103;
    }

    /** A port on the loopback interface, where domain sockets cannot be had. */
    record Loopback(int port) implements Endpoint {}

    /** Where a farm that has this directory is to listen: a socket there, or any port where that cannot be. */
    static Endpoint in(Path directory) {
        return in(directory, "s");
    }

    /** As {@link #in(Path)}, at a socket of that name. */
    static Endpoint in(Path directory, String name) {
        Path socket = directory.resolve(name);
        boolean fits = socket.toString().getBytes(StandardCharsets.UTF_8).length <= Socket.MAX_PATH_BYTES;
        boolean windows = File.separatorChar == '\\';
        return !fits || windows || System.getProperty(TRANSPORT_PROPERTY, "").equals("tcp")
                ? new Loopback(0)
                : new Socket(socket);
    }
}
