package io.farmhand.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Builds the command line of a worker JVM and starts it. */
final class WorkerLauncher {
    private static final String MAIN_CLASS = "io.farmhand.internal.worker.WorkerMain";
    /** The JVM's own default: what one JVM takes of the machine's memory for its heap, in percent. */
    private static final double JVM_DEFAULT_RAM_PERCENT = 25;
    /** What all workers together may take, in percent; the rest is for the coordinator and the page cache. */
    private static final double ALL_WORKERS_RAM_PERCENT = 80;

    private final LaunchOptions options;
    private final Path argumentFile;

    /** @param farmDirectory where the file with the workers' arguments is made */
    WorkerLauncher(LaunchOptions options, Path farmDirectory) throws IOException {
        this.options = options;
        this.argumentFile = farmDirectory.resolve("args");
        Files.write(argumentFile, arguments().stream().map(WorkerLauncher::quote).toList());
    }

    /** Starts a worker; its standard input waits for the Boot message. */
    Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(javaExecutable().toString(), "@" + argumentFile);
        builder.directory(options.directory().toFile());
        builder.environment().putAll(options.environment());
        return builder.start();
    }

    /** Where the JVM leaves its report when it crashes. */
    static Path crashReport(long pid) {
        return Path.of(System.getProperty("java.io.tmpdir"), "hs_err_farmhand_" + pid + ".log");
    }

    private static Path javaExecutable() {
        return Path.of(System.getProperty("java.home"), "bin", File.separatorChar == '\\' ? "java.exe" : "java");
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (options.jvmArgs().stream().noneMatch(arg -> arg.matches("-XX:\\+Use\\w+GC"))) {
            // One worker runs one task at a time, and there are many: threads of the collector would fight for cores.
            arguments.add("-XX:+UseSerialGC");
        }
        if (options.maxHeap() != null) {
            arguments.add("-Xmx" + options.maxHeap());
        } else {
            double percent = Math.min(JVM_DEFAULT_RAM_PERCENT, ALL_WORKERS_RAM_PERCENT / options.workers());
            arguments.add("-XX:MaxRAMPercentage=" + percent);
        }
        arguments.add("-XX:+ExitOnOutOfMemoryError");
        arguments.add("-XX:-CreateCoredumpOnCrash");
        arguments.add("-XX:ErrorFile=" + Path.of(System.getProperty("java.io.tmpdir"), "hs_err_farmhand_%p.log"));
        arguments.add("-Dstdout.encoding=UTF-8");
        arguments.add("-Dstderr.encoding=UTF-8");
        arguments.add("-Dio.netty.noUnsafe=true");
        arguments.add("-Dio.netty.leakDetection.level=disabled");
        arguments.add("-Dio.netty.allocator.type=unpooled");
        arguments.add("-Dio.netty.machineId=00:00:00:00:00:00:00:01");
        arguments.add("-Dio.netty.processId=1");
        arguments.add("--sun-misc-unsafe-memory-access=allow");
        arguments.add("--enable-native-access=ALL-UNNAMED");
        arguments.add("-cp");
        arguments.add(options.classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        arguments.addAll(options.jvmArgs());
        arguments.add(MAIN_CLASS);
        return arguments;
    }

    /** Quotes an argument for the java launcher's argument files. */
    private static String quote(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
