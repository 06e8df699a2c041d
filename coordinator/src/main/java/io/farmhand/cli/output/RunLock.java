package io.farmhand.cli.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second run from writing where one writes already, by a lock on {@code FILE.lock}, which holds this process's id. The
 * kernel drops the locks of a process that ends, however it ends; the file goes with it, or is taken over by the next run.
 */
public final class RunLock implements Closeable {
    private static final int MOST_DIGITS = 20;

    private final List<Lock> locks = new ArrayList<>();

    private record Lock(Path file, FileChannel channel) {}

    private RunLock() {}

    /**
     * Takes the locks of what is written to some files, or into directories.
     *
     * @throws IOException when another run has one, or nothing can be written there
     */
    public static RunLock of(List<Path> written) throws IOException {
        RunLock all = new RunLock();
        boolean taken = false;
        try {
            for (Path each : written) {
                Path file = each.resolveSibling(each.getFileName() + ".lock");
                while (!all.take(each, file)) {
                    // The file was that of a run that ended meanwhile.
                }
            }
            taken = true;
            return all;
        } finally {
            if (!taken) {
                all.close();
            }
        }
    }

    private boolean take(Path written, Path file) throws IOException {
        Object key = created(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            if (!isFree(channel)) {
                throw new IOException("another run writes to '" + written + "'" + holder(channel)
                        + ": wait until it has ended, or give this one another place");
            }
            if (!key.equals(key(file))) {
                return false;
            }
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
            file.toFile().deleteOnExit(); // where the end comes by a signal
            locks.add(new Lock(file, channel));
            taken = true;
            return true;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /** Which file it is, made where there is none. To open it once more would drop the lock, when that is closed. */
    private static Object created(Path file) throws IOException {
        Object key = key(file);
        while (key == null) {
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // By another run, at the same time.
            }
            key = key(file);
        }
        return key;
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return String.valueOf(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) { // by a run in this JVM
            return false;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(MOST_DIGITS);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.UTF_8);
        return text.isEmpty() ? "" : " (pid " + text + ")";
    }

    @Override
    public void close() throws IOException {
        for (Lock lock : locks) {
            try (FileChannel _ = lock.channel()) {
                Files.deleteIfExists(lock.file());
            }
        }
        locks.clear();
    }
}
