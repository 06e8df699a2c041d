package io.farmhand.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for a Java that is new enough: first {@code JAVA_HOME}, then the highest version in the directories where
 * installers put them.
 *
 * <p>It reads each {@code release} file and starts no JVM. Compiled for Java 8, with {@link Launcher}.
 */
final class JavaFinder {
    private final String javaHome;
    private final List<File> directories;
    private final List<Java> found = new ArrayList<>();

    /**
     * A search.
     *
     * @param javaHome the environment's {@code JAVA_HOME}, or an empty text
     * @param directories each a directory of Java installations, or one itself; those missing are passed over
     */
    JavaFinder(String javaHome, List<File> directories) {
        this.javaHome = javaHome;
        this.directories = directories;
    }

    /** The directories of {@code farm.java.search}, or else those where installers put Java. */
    static List<File> usualDirectories() {
        List<File> directories = new ArrayList<>();
        String given = System.getProperty("farm.java.search");
        if (given != null) {
            for (String directory : given.split(File.pathSeparator)) {
                directories.add(new File(directory));
            }
            return directories;
        }
        for (String directory : Arrays.asList("/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/opt", "/opt/java",
                "/usr/local", "/usr/local/java", "/Library/Java/JavaVirtualMachines")) {
            directories.add(new File(directory));
        }
        File user = new File(System.getProperty("user.home", "."));
        for (String directory : Arrays.asList(".sdkman/candidates/java", ".jdks", ".jbang/cache/jdks",
                ".asdf/installs/java", ".local/share/mise/installs/java", "Library/Java/JavaVirtualMachines")) {
            directories.add(new File(user, directory));
        }
        String programs = System.getenv("ProgramFiles");
        if (programs != null) {
            for (String vendor : Arrays.asList("Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto",
                    "BellSoft", "Semeru")) {
                directories.add(new File(programs, vendor));
            }
        }
        return directories;
    }

    /**
     * Gives {@code JAVA_HOME} if that is new enough, else the newest of those found.
     *
     * @param required the least feature version, such as 25
     * @return null where none is new enough
     */
    Java find(int required) {
        found.clear();
        if (!javaHome.isEmpty()) {
            Java java = read(new File(javaHome));
            if (java != null) {
                if (java.version[0] >= required) {
                    return java;
                }
                found.add(java);
            }
        }
        Java best = null;
        for (File directory : directories) {
            for (Java java : list(directory)) {
                found.add(java);
                if (java.version[0] >= required && (best == null || compare(java.version, best.version) > 0)) {
                    best = java;
                }
            }
        }
        return best;
    }

    /** Says what the last search found, on one line. */
    String describe() {
        Set<String> seen = new LinkedHashSet<>();
        for (Java java : found) {
            seen.add(java.version[0] + " (" + java.home + ")");
        }
        String home = javaHome.isEmpty() ? "JAVA_HOME is not set" : "JAVA_HOME is " + javaHome;
        return home + (seen.isEmpty()
                ? " and the usual directories hold no Java"
                : " and the usual directories hold only Java " + String.join(", ", seen));
    }

    private static List<Java> list(File directory) {
        List<Java> installations = new ArrayList<>();
        List<File> homes = new ArrayList<>(Collections.singletonList(directory));
        File[] children = directory.listFiles();
        if (children != null) {
            Arrays.sort(children);
            homes.addAll(Arrays.asList(children));
        }
        for (File home : homes) {
            Java java = read(home);
            if (java == null) {
                java = read(new File(home, "Contents/Home"));
            }
            if (java != null) {
                installations.add(java);
            }
        }
        return installations;
    }

    private static Java read(File home) {
        File executable = new File(home, "bin/java");
        if (!executable.isFile()) {
            executable = new File(home, "bin/java.exe");
        }
        File release = new File(home, "release");
        if (!executable.isFile() || !release.isFile()) {
            return null;
        }
        try (BufferedReader lines = Files.newBufferedReader(release.toPath(), StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("JAVA_VERSION=")) {
                    return new Java(home, executable, parse(line.substring("JAVA_VERSION=".length())));
                }
            }
        } catch (IOException unreadable) {
            // As good as none: the search goes on.
        }
        return null;
    }

    /** Reads {@code 25.0.1}, {@code "25-ea"} and the {@code 1.8.0_402} of old, whose feature version is 8. */
    static int[] parse(String version) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : version.replace("\"", "").split("[-+]", 2)[0].split("[._]")) {
            try {
                numbers.add(Integer.valueOf(part.trim()));
            } catch (NumberFormatException notANumber) {
                break;
            }
        }
        if (numbers.size() > 1 && numbers.get(0) == 1) {
            numbers.remove(0);
        }
        int[] parsed = new int[Math.max(1, numbers.size())];
        for (int i = 0; i < numbers.size(); i++) {
            parsed[i] = numbers.get(i);
        }
        return parsed;
    }

    private static int compare(int[] left, int[] right) {
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int order = Integer.compare(i < left.length ? left[i] : 0, i < right.length ? right[i] : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** One installation. */
    static final class Java {
        final File home;
        final File executable;
        /** The parts of its version, the feature version first. */
        final int[] version;

        Java(File home, File executable, int[] version) {
            this.home = home;
            this.executable = executable;
            this.version = version;
        }
    }
}
