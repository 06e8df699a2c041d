package io.farmhand.internal.channel;

import io.farmhand.backend.WorkerId;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.shm.FarmDirectory;
import io.farmhand.internal.shm.SegmentPool;
import io.farmhand.internal.shm.SegmentReader;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A farm's shared memory for long payloads: one directory with the files of the coordinator, {@code c1}, {@code c2}, …, and
 * of the workers, {@code w0-1-1}, …: those of worker 0, its first process.
 *
 * <p><b>Concurrency.</b> Concurrent maps; what they hold has its own state.
 */
public final class FarmSegments implements AutoCloseable {
    /** Set to {@code false} to have long payloads go by the transport, in frames. */
    private static final String PROPERTY = "farmhand.payload.shared";
    /** What the coordinator's own segments may take together: more than some calls have under way. */
    private static final long MAX_BYTES = 4L << 30;

    private final FarmDirectory directory;
    private final SegmentPool pool;
    private final Map<WorkerId, Link> links = new ConcurrentHashMap<>();
    /** Workers of which either the process or the call has ended. */
    private final Set<WorkerId> ending = ConcurrentHashMap.newKeySet();

    private record Link(SegmentReader reader, IntConsumer gone) {}

    private FarmSegments(FarmDirectory directory) {
        this.directory = directory;
        this.pool = new SegmentPool(prefix(), MAX_BYTES, MAX_BYTES, this::gone);
    }

    /**
     * Makes the directory, where memory can be shared and is to be.
     *
     * @throws IOException when it cannot be made
     */
    public static @Nullable FarmSegments create() throws IOException {
        boolean wanted = !System.getProperty(PROPERTY, "").equals("false") && FarmDirectory.hasSharedMemory();
        return wanted ? new FarmSegments(FarmDirectory.createShared()) : null;
    }

    /** Room for items. */
    public Room items() {
        return pool;
    }

    /** Room for functions and broadcast values, which workers keep. */
    public Room blobs() {
        return pool.onceOnly();
    }

    String prefix() {
        return directory.path().resolve("c").toString();
    }

    String prefix(WorkerId worker) {
        return directory.path().resolve(name(worker)).toString();
    }

    private static String name(WorkerId worker) {
        return "w" + worker.number() + "-" + worker.generation() + "-";
    }

    /**
     * A worker calls.
     *
     * @param gone tells it which segments of ours were removed
     */
    SegmentReader joined(WorkerId worker, IntConsumer gone) {
        SegmentReader reader = new SegmentReader(prefix(worker));
        links.put(worker, new Link(reader, gone));
        return reader;
    }

    private void gone(int segment) {
        links.values().forEach(link -> link.gone.accept(segment));
    }

    /** A worker's call has ended: nothing more comes of it. */
    void linkEnded(WorkerId worker) {
        Link link = links.remove(worker);
        if (link != null) {
            link.reader.close();
        }
        ended(worker);
    }

    /** A worker's process has ended: it writes nothing more. */
    public void processEnded(WorkerId worker) {
        ended(worker);
    }

    /** With the second end the worker's files are needed by nobody: what is to be read of them is mapped. */
    private void ended(WorkerId worker) {
        if (ending.add(worker)) {
            return;
        }
        ending.remove(worker);
        ForkJoinPool.commonPool().execute(() -> deleteFiles(worker)); // many pages: not on the transport's thread
    }

    private void deleteFiles(WorkerId worker) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.path(), name(worker) + "*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They go with the directory.
            return;
        }
    }

    /** Removes the directory. */
    @Override
    public void close() {
        pool.close();
        directory.close();
    }
}
