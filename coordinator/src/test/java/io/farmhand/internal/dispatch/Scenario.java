package io.farmhand.internal.dispatch;

import java.util.Random;

/**
 * What a simulation is about: the farm's settings, and what befalls it.
 *
 * @param heartbeatNanos how often workers give a sign of life, 0 for never
 * @param progressUnknown whether it cannot be told what a worker has begun
 * @param mishaps how many workers die, are told to end, stand still or cannot start, for no reason of any item's
 * @param storm whether these are so many that the farm may break
 * @param troubleNanos until when such things happen
 * @param closeNanos when the farm is closed; once all jobs are over if that is 0
 * @param shutdown whether it is shut down then, and not closed
 */
record Scenario(Settings settings, long heartbeatNanos, boolean progressUnknown, int mishaps, boolean storm,
        int jobs, long troubleNanos, long closeNanos, boolean shutdown) {
    private static final long START_TIMEOUT = SimulatedTime.millis(10_000);
    /** So many starts that fail in a row, or deaths without an explanation, never break a farm. */
    private static final int MISHAPS_BORNE = 3;

    static Scenario draw(Random random) {
        int workers = 1 + random.nextInt(5);
        long lease = oneIn(random, 3) ? SimulatedTime.millis(500) : 0;
        long keepAlive = oneIn(random, 4) ? SimulatedTime.millis(1 + random.nextInt(300)) : 0;
        long maxTasks = oneIn(random, 3) ? 1 + random.nextInt(20) : 0;
        long maxBytes = oneIn(random, 5) ? 100 + random.nextInt(2000) : 0;
        boolean storm = oneIn(random, 8);
        return new Scenario(
                new Settings(workers, 1 + random.nextInt(3), START_TIMEOUT, lease, keepAlive, maxTasks, maxBytes),
                lease > 0 || maxBytes > 0 ? SimulatedTime.millis(50) : 0, oneIn(random, 20),
                storm ? random.nextInt(30) : random.nextInt(MISHAPS_BORNE + 1), storm, 1 + random.nextInt(6),
                SimulatedTime.millis(200 + random.nextInt(2500)),
                oneIn(random, 3) ? SimulatedTime.millis(1 + random.nextInt(3000)) : 0, oneIn(random, 4));
    }

    static boolean oneIn(Random random, int bound) {
        return random.nextInt(bound) == 0;
    }

    long maxTasksPerWorker() {
        return settings.maxTasksPerWorker();
    }

    /** Whether the farm may break. */
    boolean mayBreak() {
        return storm || progressUnknown;
    }
}
