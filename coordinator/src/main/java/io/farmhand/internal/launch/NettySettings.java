package io.farmhand.internal.launch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The system properties by which Netty is told how to start.
 *
 * <p>Their names begin with the name of Netty's package, and in {@code coordinator.jar} that is another one: Netty is in
 * packages of ours there, beside which a user's own Netty, with settings of its own, is left in peace. The build of the jar
 * rewrites strings that begin with a package that it moves, in Netty and here: so each setting must be a string of its own
 * that begins with the name, and nothing else of ours may spell one. Stateless.
 */
public final class NettySettings {
    private static final String NO_UNSAFE = "io.netty.noUnsafe";

    /**
     * What Netty would look for at its start costs 40 ms of CPU and more: machine, process, leaks, flight recorder. Without
     * Unsafe method handles are spun for a quarter of a worker's start.
     */
    private static final List<String> QUICK_START = Arrays.asList("io.netty.noUnsafe=false",
            "io.netty.jfr.enabled=false", "io.netty.leakDetection.level=disabled",
            "io.netty.machineId=00:00:00:00:00:00:00:01", "io.netty.processId=1");
    private static final List<String> SMALL = Collections.singletonList("io.netty.allocator.type=unpooled");

    private NettySettings() {}

    /** The options of a JVM of which only our own code uses Netty, and that was told to allow Unsafe. */
    public static List<String> quickStart() {
        return options(QUICK_START);
    }

    /** The options of a JVM that has one connection, beside those of {@link #quickStart}. */
    public static List<String> small() {
        return options(SMALL);
    }

    private static List<String> options(List<String> settings) {
        List<String> options = new ArrayList<>();
        for (String setting : settings) {
            options.add("-D" + setting);
        }
        return options;
    }

    /** Has Netty do without Unsafe in this JVM, which would print warnings about it, unless the user has said otherwise. */
    public static void doWithoutUnsafe() {
        if (System.getProperty(NO_UNSAFE) == null) {
            System.setProperty(NO_UNSAFE, "true");
        }
    }
}
