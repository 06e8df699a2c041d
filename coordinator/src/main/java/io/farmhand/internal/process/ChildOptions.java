package io.farmhand.internal.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one child JVM is started with.
 *
 * @param name what it is called, empty for one after its number
 * @param daemon whether it is ended, and not waited for, when this JVM ends
 * @param outlivesParent whether it lives on when this JVM ends or dies
 * @param jvmArgs the user's own options, which come last and win
 * @param environment added to this process's own
 * @param directory where it runs
 */
public record ChildOptions(String name, boolean daemon, boolean outlivesParent, List<String> jvmArgs,
        Map<String, String> environment, Path directory) {}
