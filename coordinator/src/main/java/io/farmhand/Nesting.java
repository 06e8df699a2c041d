package io.farmhand;

import java.util.ArrayList;
import java.util.List;

/**
 * Pools inside of tasks: each has fewer cores to share, and there is a depth at which it ends, since workers of workers
 * of workers are most often a recursion that nobody wanted. Stateless.
 */
final class Nesting {
    private static final String DEPTH = "farmhand.depth";
    private static final String MAX_DEPTH = "farmhand.maxDepth";
    private static final int DEFAULT_MAX_DEPTH = 3;

    private Nesting() {}

    /**
     * Refuses a pool in too deep a worker.
     *
     * @throws IllegalStateException then
     */
    static void check() {
        check(Integer.getInteger(DEPTH, 0), Integer.getInteger(MAX_DEPTH, DEFAULT_MAX_DEPTH));
    }

    static void check(int depth, int maxDepth) {
        if (depth >= maxDepth) {
            throw new IllegalStateException(
                    ("no pool can be made here: this JVM is a worker of a pool inside of a task,"
                            + " and that is as deep as it may go: depth=%d maxDepth=%d. A task that makes a pool whose tasks"
                            + " make pools is most often a mistake: make one pool outside and give its tasks less to do, or"
                            + " raise the system property %s").formatted(depth, maxDepth, MAX_DEPTH));
        }
    }

    /**
     * The options of a worker's JVM.
     *
     * @param users the user's own, which come last and win
     */
    static List<String> jvmArgs(List<String> users) {
        List<String> args = depth(Integer.getInteger(DEPTH, 0) + 1);
        args.addAll(users);
        return args;
    }

    /** The options of a JVM that is no worker: it counts no pool more than this one. */
    static List<String> inherited() {
        return depth(Integer.getInteger(DEPTH, 0));
    }

    private static List<String> depth(int depth) {
        List<String> args = new ArrayList<>();
        args.add("-D" + DEPTH + "=" + depth);
        Integer maxDepth = Integer.getInteger(MAX_DEPTH);
        if (maxDepth != null) {
            args.add("-D" + MAX_DEPTH + "=" + maxDepth);
        }
        return args;
    }
}
