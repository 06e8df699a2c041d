package io.farmhand.systemtests;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prints what all threads are at: of this JVM, virtual ones too, and of the JVMs that it started. */
final class StackDump {
    private static final int SECONDS = 10;

    private StackDump() {}

    static void printAll() {
        try {
            Path directory = Files.createTempDirectory("stacks");
            System.err.println("==== stacks of the tests' JVM, pid " + ProcessHandle.current().pid());
            System.err.println(own(directory.resolve("own")));
            List<ProcessHandle> jvms = ProcessHandle.current().descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("java")).toList();
            for (ProcessHandle jvm : jvms) {
                System.err.println("==== stacks of pid " + jvm.pid() + ": " + Workers.commandLine(jvm.pid()));
                System.err.println(of(jvm.pid(), directory.resolve("pid" + jvm.pid())));
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("the stacks cannot be had: " + e);
        }
    }

    private static String own(Path file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(file.toString(),
                ThreadDumpFormat.TEXT_PLAIN);
        return takeText(file);
    }

    private static String of(long pid, Path file) throws IOException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid), "Thread.print").redirectErrorStream(true).redirectOutput(file.toFile()).start();
        try {
            if (!jcmd.waitFor(SECONDS, TimeUnit.SECONDS)) {
                jcmd.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return takeText(file);
    }

    private static String takeText(Path file) throws IOException {
        String text = Files.readString(file);
        Files.delete(file);
        return text;
    }
}
