package io.farmhand.sync;

import java.io.IOException;
import java.io.Serializable;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A number in a file that processes map, which is read and written without any order: what a lock has to protect. */
record Counter(String file) implements Serializable {
    private static final Map<String, MappedByteBuffer> MAPPED = new ConcurrentHashMap<>();

    static Counter in(Path directory) {
        return new Counter(directory.resolve("counter").toString());
    }

    private MappedByteBuffer memory() {
        return MAPPED.computeIfAbsent(file, Counter::map);
    }

    private static MappedByteBuffer map(String file) {
        try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, 8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    int get() {
        return memory().getInt(0);
    }

    void add(int delta) {
        memory().putInt(0, memory().getInt(0) + delta);
    }
}
