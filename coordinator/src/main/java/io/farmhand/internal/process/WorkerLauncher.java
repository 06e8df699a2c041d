package io.farmhand.internal.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds the command line of a worker JVM and starts it. */
final class WorkerLauncher {
    private final LaunchOptions options;
    private final FarmClassPath classPath;
    private final AotCache cache;
    private final Path argumentFile;

    /** @param farmDirectory where the file with the workers' arguments is made */
    WorkerLauncher(LaunchOptions options, Path farmDirectory) throws IOException {
        this.options = options;
        this.classPath = FarmClassPath.of(options.classPath());
        WorkerArguments arguments = new WorkerArguments(options, classPath);
        this.cache = AotCache.of(classPath, arguments.cached(), options.environment());
        this.argumentFile = farmDirectory.resolve("args");
        JavaCommand.write(argumentFile, arguments.all());
    }

    /** Starts a worker; its standard input waits for the Boot message. */
    Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(JavaCommand.executable().toString()));
        command.addAll(cache.options()); // the user's own come after them and win
        command.add("@" + argumentFile);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(options.directory().toFile());
        builder.environment().putAll(options.environment());
        return builder.start();
    }

    /** What workers start faster with. */
    AotCache cache() {
        return cache;
    }
}
