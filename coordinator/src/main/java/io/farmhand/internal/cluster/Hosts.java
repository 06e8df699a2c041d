package io.farmhand.internal.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this host is called, for people. Stateless. */
public final class Hosts {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private Hosts() {}

    /** The host's own name; without asking a name server, which may take long. */
    public static String ownName() {
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException e) { // not Linux
            String name = System.getenv("COMPUTERNAME");
            return name == null ? "host" : name;
        }
    }
}
