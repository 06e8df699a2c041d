package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How a Serve or an Employ says which line it belongs to.
 *
 * @param line the line's id
 * @param secret that of the line
 */
record LineKey(long line, ByteString secret) {
    private static final Metadata.Key<String> LINE = Metadata.Key.of("farm-line", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> SECRET = Metadata.Key.of("farm-secret", Metadata.ASCII_STRING_MARSHALLER);

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

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "line " + line;
    }
}
