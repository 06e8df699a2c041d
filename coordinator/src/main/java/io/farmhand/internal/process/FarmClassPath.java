package io.farmhand.internal.process;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The class path of a JVM of ours, with the farm's jars first: an AOT cache is good for each class path that begins as
 * its own did, so that the user's may change behind it. Both parts keep their order.
 *
 * @param farm the jars that hold the farm and what it is made with; empty where the farm is no jar, as in an IDE
 * @param rest all else
 */
record FarmClassPath(List<Path> farm, List<Path> rest) {
    /** The names that our jars and those of our libraries have in every repository. */
    private static final Pattern NAMES = Pattern.compile(
            "(farmhand|grpc|netty|protobuf-java|guava|failureaccess|perfmark-api)-.*\\.jar");

    /** Parts a class path, in which the farm may also stand in the user's own jar. */
    static FarmClassPath of(List<Path> classPath) {
        return of(classPath, ownJar());
    }

    /** @param own where this class is from */
    static FarmClassPath of(List<Path> classPath, Path own) {
        boolean isJar = false;
        List<Path> farm = new ArrayList<>();
        List<Path> rest = new ArrayList<>();
        for (Path entry : classPath) {
            Path name = entry.getFileName();
            boolean here = isSame(entry, own);
            isJar |= here;
            boolean ours = here || (name != null && NAMES.matcher(name.toString()).matches());
            (ours ? farm : rest).add(entry);
        }
        return isJar && farm.stream().allMatch(Files::isRegularFile)
                ? new FarmClassPath(farm, rest)
                : new FarmClassPath(List.of(), classPath);
    }

    /** The class loader tells its jars by other paths than they were given: without links and dots. */
    private static boolean isSame(Path entry, Path own) {
        try {
            return Files.isSameFile(entry, own);
        } catch (IOException e) {
            return false; // what is not there holds nothing
        }
    }

    private static Path ownJar() {
        CodeSource source = FarmClassPath.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? Path.of("") : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException | RuntimeException e) { // a loader with locations of its own
            return Path.of("");
        }
    }

    /** All of it. */
    List<Path> entries() {
        List<Path> entries = new ArrayList<>(farm);
        entries.addAll(rest);
        return entries;
    }
}
