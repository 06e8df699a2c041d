package io.farmhand.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tasks say of themselves, by another way than the farm's: a file to which they append (item index, pid) when
 * they begin. A record is 16 bytes in one write, which the kernel appends whole, and which stays when its writer is
 * killed.
 */
final class SideLog implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int RECORD_BYTES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /**
     * The files that this process has open; a worker keeps its own for as long as it lives. A channel would be closed by
     * the interrupt of a task that is told to stop.
     */
    private static final Map<String, FileOutputStream> OPEN = new ConcurrentHashMap<>();

    private final String file;

    /** That an item began in a process. */
    record Entry(long index, long pid) {}

    private SideLog(String file) {
        this.file = file;
    }

    /** Makes an empty log. */
    static SideLog in(Path directory) throws IOException {
        return new SideLog(Files.createTempFile(directory, "side", ".log").toString());
    }

    /** Reads a log that another process was given the name of. */
    static SideLog at(String file) {
        return new SideLog(file);
    }

    String file() {
        return file;
    }

    /** In a worker: an item begins. */
    void append(long index) {
        ByteBuffer entry = ByteBuffer.allocate(RECORD_BYTES).putLong(index).putLong(ProcessHandle.current().pid());
        try {
            OPEN.computeIfAbsent(file, SideLog::open).write(entry.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileOutputStream open(String file) {
        try {
            return new FileOutputStream(file, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long size() {
        try {
            return Files.size(Path.of(file)) / RECORD_BYTES;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until so many have begun. */
    void awaitSize(long least) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(
                () -> size() >= least);
    }

    List<Entry> entries() {
        return last(Long.MAX_VALUE);
    }

    /** The newest entries, at most that many. */
    List<Entry> last(long most) {
        try (FileChannel channel = FileChannel.open(Path.of(file))) {
            long end = channel.size() / RECORD_BYTES * RECORD_BYTES;
            long start = most >= end / RECORD_BYTES ? 0 : end - most * RECORD_BYTES;
            ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
            while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) > 0) {
                // until all is read
            }
            bytes.flip();
            List<Entry> entries = new ArrayList<>(bytes.remaining() / RECORD_BYTES);
            while (bytes.remaining() >= RECORD_BYTES) {
                entries.add(new Entry(bytes.getLong(), bytes.getLong()));
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often each item began. */
    Map<Long, Integer> runs() {
        Map<Long, Integer> runs = new HashMap<>();
        entries().forEach(entry -> runs.merge(entry.index(), 1, Integer::sum));
        return runs;
    }

    /** The processes in which an item began, in the order in which it did. */
    List<Long> pidsOf(long index) {
        return entries().stream().filter(entry -> entry.index() == index).map(Entry::pid).toList();
    }

    Set<Long> pids() {
        Set<Long> pids = new HashSet<>();
        entries().forEach(entry -> pids.add(entry.pid()));
        return pids;
    }
}
