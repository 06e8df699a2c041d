package io.farmhand.internal.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every worker JVM of a pool is started with.
 *
 * @param classPath the entries of its class path, absolute
 * @param jvmArgs the user's own options, which come last and win
 * @param environment added to this process's own
 * @param maxHeap as {@code -Xmx} takes it, or null for a share of the machine's memory
 * @param directory where it runs
 * @param workers how many there are to share the machine
 */
public record LaunchOptions(List<Path> classPath, List<String> jvmArgs, Map<String, String> environment,
        @Nullable String maxHeap, Path directory, int workers) {}
