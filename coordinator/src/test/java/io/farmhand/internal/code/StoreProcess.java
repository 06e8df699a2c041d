package io.farmhand.internal.code;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Another process that uses a store. */
final class StoreProcess {
    private StoreProcess() {}

    public static void main(String[] args) throws IOException {
        JarStore store = JarStore.open(Path.of(args[0]), Long.parseLong(args[1]));
        if (args.length > 2) {
            new StoreLoad(store, Integer.parseInt(args[2])).call();
            return;
        }
        byte[] content = JarStoreTest.content(99, 1_000);
        try (JarStore.Lease lease = JarStoreTest.put(store, "other.jar", content)) {
            System.out.println("stored " + lease.path());
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }

    /** Puts a jar of 1,000 bytes there; what became of that. */
    static String tryToFill(Path directory, long maxBytes) throws IOException, InterruptedException {
        Process process = start(directory.toString(), Long.toString(maxBytes));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** The same, where no file may be longer than 512 bytes: as on a disk that is full. */
    static String tryToFillAFullDisk(Path directory) throws IOException, InterruptedException {
        ProcessBuilder builder = command(directory.toString(), "100000");
        builder.command().addAll(1, List.of("-XX:-UsePerfData"));
        String java = builder.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Process process = builder.command("sh", "-c", "ulimit -f 1 && exec " + java).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    static Process load(Path directory, int seed) throws IOException {
        return start(directory.toString(), Long.toString(StoreLoad.MAX_BYTES), Integer.toString(seed));
    }

    private static Process start(String... arguments) throws IOException {
        return command(arguments).start();
    }

    private static ProcessBuilder command(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                StoreProcess.class.getName()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        return builder;
    }
}
