package io.farmhand.internal.process;

import io.farmhand.internal.launch.NettySettings;
import java.util.ArrayList;
import java.util.List;

/** What the command line of a worker JVM consists of. Immutable. */
public final class WorkerArguments {
    private static final String MAIN_CLASS = "io.farmhand.internal.worker.WorkerMain";
    /** The JVM's own default: what one JVM takes of the machine's memory for its heap, in percent. */
    private static final double JVM_DEFAULT_RAM_PERCENT = 25;
    /** What all workers together may take, in percent; the rest is for the coordinator and the page cache. */
    private static final double ALL_WORKERS_RAM_PERCENT = 80;

    /**
     * What a worker's heap begins with; the JVM's own default is a part of the machine's memory that grows with it. Smaller
     * collects more often, larger touches more memory for the first time, which costs more than to collect.
     */
    private static final long FIRST_HEAP_BYTES = 256L << 20;

    /**
     * Eden to each survivor space. With the JVM's own 8 an array of some MiB that is in use fits into no survivor space: each
     * one goes to the old generation, which grows by them all, into memory that was never touched, before it is collected.
     */
    private static final int SURVIVOR_RATIO = 2;

    private static final String CORES = "-XX:ActiveProcessorCount=";

    private final LaunchOptions options;
    private final FarmClassPath classPath;

    WorkerArguments(LaunchOptions options, FarmClassPath classPath) {
        this.options = options;
        this.classPath = classPath;
    }

    /** The whole command, with its arguments in place of the file that they are put into, and without an AOT cache. */
    public static List<String> command(LaunchOptions options) {
        List<String> command = new ArrayList<>(List.of(JavaCommand.executable().toString()));
        command.addAll(new WorkerArguments(options, FarmClassPath.of(options.classPath())).all());
        return command;
    }

    /** Those that an AOT cache is made with. */
    List<String> cached() {
        List<String> cached = new ArrayList<>(List.of(heap()));
        cached.addAll(cores());
        cached.addAll(options.jvmArgs());
        return cached;
    }

    /** Without it each worker would start a machine's worth of threads for its collector and its compiler. */
    private List<String> cores() {
        return options.jvmArgs().stream().anyMatch(arg -> arg.startsWith(CORES))
                ? List.of()
                : List.of(CORES + Math.max(1, Runtime.getRuntime().availableProcessors() / options.workers()));
    }

    private String heap() {
        if (options.maxHeap() != null) {
            return "-Xmx" + options.maxHeap();
        }
        return "-XX:MaxRAMPercentage=" + Math.min(JVM_DEFAULT_RAM_PERCENT, ALL_WORKERS_RAM_PERCENT / options.workers());
    }

    List<String> all() {
        List<String> arguments = new ArrayList<>(JavaCommand.options(options.jvmArgs()));
        arguments.add(heap());
        arguments.addAll(cores());
        long memory = HeapLimit.memory();
        if (memory > 0) {
            // Unlike -Xms, this gives way to a smaller limit.
            arguments.add("-XX:InitialRAMPercentage=" + 100.0 * FIRST_HEAP_BYTES / memory);
        }
        arguments.add("-XX:SurvivorRatio=" + SURVIVOR_RATIO);
        arguments.add("-XX:+ExitOnOutOfMemoryError");
        arguments.add("-Dstdout.encoding=UTF-8");
        arguments.add("-Dstderr.encoding=UTF-8");
        arguments.addAll(NettySettings.quickStart());
        arguments.addAll(NettySettings.small());
        arguments.addAll(JavaCommand.classPath(classPath.entries()));
        arguments.addAll(options.jvmArgs());
        arguments.add(MAIN_CLASS);
        return arguments;
    }
}
