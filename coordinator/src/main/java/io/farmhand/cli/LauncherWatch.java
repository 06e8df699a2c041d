package io.farmhand.cli;

/**
 * Ends this JVM when the older one that launched it dies, be it by SIGKILL.
 *
 * <p>Called by {@link Launcher}, by name, in a JVM that it launched: there the coordinator is a grandchild of the
 * user's shell, and nothing else would tell it.
 */
public final class LauncherWatch {
    private static final int TERMINATED = 128 + 15;

    private LauncherWatch() {}

    /**
     * Starts the watch.
     *
     * @param arguments ignored
     */
    public static void main(String[] arguments) {
        ProcessHandle.current().parent()
                .ifPresent(parent -> Thread.ofPlatform().daemon().name("farm-launcher-watch").start(() -> {
                    parent.onExit().join();
                    System.exit(TERMINATED);
                }));
    }
}
