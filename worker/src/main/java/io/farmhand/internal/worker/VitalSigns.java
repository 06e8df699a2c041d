package io.farmhand.internal.worker;

import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Heartbeat;
import io.farmhand.internal.wire.FramedSender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Tells the coordinator that this worker lives and how much memory it has. The {@code farm-timer} and the runner beat;
 * they share only the time of the last one.
 */
final class VitalSigns {
    /** After a chunk no sign is given sooner than this. Smaller costs time, larger lets memory grow unseen. */
    private static final long AFTER_CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "\nVmRSS:";

    private final FramedSender<FromWorker> out;
    private volatile long lastNanos = System.nanoTime();

    VitalSigns(FramedSender<FromWorker> out) {
        this.out = out;
    }

    /** Gives a sign of life, unless something waits for the transport, which is one itself. */
    void beat() {
        lastNanos = System.nanoTime();
        if (out.isBacklogged()) {
            return;
        }
        Runtime runtime = Runtime.getRuntime();
        out.send(FromWorker.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setRssBytes(residentBytes())
                        .setHeapBytes(runtime.totalMemory() - runtime.freeMemory()))
                .build());
    }

    /** A chunk is done. */
    void chunkDone() {
        if (System.nanoTime() - lastNanos > AFTER_CHUNK_NANOS) {
            beat();
        }
    }

    /** The memory of this process that is in RAM, as Linux tells it; elsewhere 0. */
    static long residentBytes() {
        try {
            return residentBytes(new String(Files.readAllBytes(STATUS), StandardCharsets.ISO_8859_1));
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** Reads the line {@code VmRSS:     12345 kB}; proc(5) has it in KiB always. */
    static long residentBytes(String status) {
        int at = status.indexOf(RESIDENT);
        if (at < 0) {
            return 0;
        }
        int from = at + RESIDENT.length();
        int to = status.indexOf(" kB", from);
        return to < 0 ? 0 : Long.parseLong(status.substring(from, to).trim()) << 10;
    }
}
