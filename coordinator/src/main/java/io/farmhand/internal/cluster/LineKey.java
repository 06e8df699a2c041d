package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How a Serve, an Employ or a Dig says which line it belongs to, and a Meet, which tunnel.
 *
 * @param line the id of the line or the tunnel
 * @param secret that of the line or the tunnel
 */
record LineKey(long line, ByteString secret) {
    private static final Metadata.Key<String> LINE = Metadata.Key.of("farm-line", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> SECRET = Metadata.Key.of("farm-secret", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> SERVER = Metadata.Key.of("farm-server", Metadata.ASCII_STRING_MARSHALLER);

    /** As call metadata. */
    Metadata headers() {
        Metadata headers = new Metadata();
        headers.put(LINE, Long.toString(line));
        headers.put(SECRET, HexFormat.of().formatHex(secret.toByteArray()));
        return headers;
    }

    /** Reads what a caller says; null when it makes no sense. */
    static @Nullable LineKey of(Metadata headers) {
        String line = headers.get(LINE);
        String secret = headers.get(SECRET);
        if (line == null || secret == null || !line.matches("[0-9]{1,18}") || !secret.matches("([0-9a-f]{2}){1,64}")) {
            return null;
        }
        return new LineKey(Long.parseLong(line), ByteString.copyFrom(HexFormat.of().parseHex(secret)));
    }

    /** As call metadata, with the server that is wanted. */
    Metadata headers(long server) {
        Metadata headers = headers();
        headers.put(SERVER, HexFormat.of().toHexDigits(server));
        return headers;
    }

    /** Reads which server a caller wants; null when it makes no sense. */
    static @Nullable Long server(Metadata headers) {
        String server = headers.get(SERVER);
        return server == null || !server.matches("[0-9a-f]{16}") ? null : HexFormat.fromHexDigitsToLong(server);
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "line " + line;
    }
}
