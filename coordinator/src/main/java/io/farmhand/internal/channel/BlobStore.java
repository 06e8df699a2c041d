package io.farmhand.internal.channel;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The encoded values that a farm's callers have broadcast, for workers to ask for by their SHA-256 in hexadecimal. A
 * concurrent map whose entries are replaced as a whole.
 */
public final class BlobStore {
    private record Held(ByteBuffer bytes, int holders) {}

    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** Holds a value; each call is to be followed by one {@link #release}. */
    public void hold(String sha256, ByteBuffer bytes) {
        held.merge(sha256, new Held(bytes, 1), (old, _) -> new Held(old.bytes, old.holders + 1));
    }

    /** Lets go of a value once; returns whether nobody holds it any more. */
    public boolean release(String sha256) {
        return held.computeIfPresent(sha256,
                (_, old) -> old.holders == 1 ? null : new Held(old.bytes, old.holders - 1)) == null;
    }

    /** The value, or null when nobody holds it. */
    public @Nullable ByteBuffer find(String sha256) {
        Held found = held.get(sha256);
        return found == null ? null : found.bytes;
    }
}
