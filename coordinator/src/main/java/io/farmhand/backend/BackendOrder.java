package io.farmhand.backend;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a pool are to be like.
 *
 * @param workers how many there are to be, at most
 * @param classPath jars and class directories, absolute, first those of this JVM
 * @param jvmArgs options for the workers' JVMs, after all others
 * @param environment variables, beside those that workers have anyway
 * @param maxHeap the most heap of each worker as {@code -Xmx} takes it, or null for a share of the host's memory
 * @param directory the working directory
 * @param setup what each worker runs first and last, encoded; without bytes when there is nothing
 * @param blobs what workers may ask for
 * @param maxItemBytes the longest encoded item or function
 * @param heartbeatMillis how often a worker is to give a sign of life
 * @param output takes what workers print
 */
public record BackendOrder(int workers, List<Path> classPath, List<String> jvmArgs, Map<String, String> environment,
        @Nullable String maxHeap, Path directory, ByteBuffer setup, Blobs blobs, long maxItemBytes,
        int heartbeatMillis, Printer output) {

    /** Values that workers may ask for, by the SHA-256 of their bytes in hexadecimal; for any thread. */
    @FunctionalInterface
    public interface Blobs {
        /** The encoded value, or null when it is held no more. */
        @Nullable
        ByteBuffer find(String sha256);
    }

    /** Takes what workers print; for any thread, one line after the other for each stream of a worker. */
    @FunctionalInterface
    public interface Printer {
        /** A line, without its end. */
        void line(int worker, boolean stderr, String line);
    }
}
