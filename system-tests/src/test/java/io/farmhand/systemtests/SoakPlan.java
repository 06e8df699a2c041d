package io.farmhand.systemtests;

import io.farmhand.CallOptions;
import io.farmhand.ChunkSizing;
import io.farmhand.systemtests.SoakAct.Faltered;
import io.farmhand.systemtests.SoakAct.Mood;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The options of one call of the soak.
 *
 * @param chunkSize 0 for the standard, -1 for adaptive
 * @param timeoutMillis 0 for none
 * @param maxInFlight 0 for the standard
 */
record SoakPlan(Mood mood, long items, int chunkSize, int timeoutMillis, int retries, int crashRetries,
        boolean atMostOnce, int maxInFlight) {
    private static final int ADAPTIVE = -1;
    private static final int[] CHUNK_SIZES = {0, 0, ADAPTIVE, 1, 3, 10, 50};
    /** Longer than a worker is ever halted below, if the machine is slow. */
    private static final int SHORTEST_TIMEOUT_MILLIS = 1_200;
    private static final int LONGEST_TIMEOUT_MILLIS = 2_000;
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final Duration BACKOFF = Duration.ofMillis(5);
    private static final int MOST_DOUBLINGS = 9;
    /** Calls whose items cost seconds are short. */
    private static final int MOST_DOUBLINGS_OF_COSTLY = 6;

    /** @param mayHang whether something else than a deadline ends items that never end */
    static SoakPlan random(SplittableRandom random, Mood mood, boolean mayHang) {
        boolean costly = mood == Mood.DEADLY || mood == Mood.TARDY;
        int most = 1 << random.nextInt(costly ? MOST_DOUBLINGS_OF_COSTLY : MOST_DOUBLINGS);
        boolean atMostOnce = random.nextInt(6) == 0;
        boolean deadline = (mood == Mood.TARDY && !mayHang) || random.nextInt(4) == 0;
        return new SoakPlan(mood, random.nextInt(most + 1),
                CHUNK_SIZES[random.nextInt(CHUNK_SIZES.length)],
                deadline ? random.nextInt(SHORTEST_TIMEOUT_MILLIS, LONGEST_TIMEOUT_MILLIS) : 0,
                atMostOnce || random.nextBoolean() ? 0 : random.nextInt(4),
                random.nextInt(3) == 0 ? random.nextInt(4) : 2,
                atMostOnce,
                random.nextInt(4) == 0 ? random.nextInt(1, 60) : 0);
    }

    SoakPlan items(long count) {
        return new SoakPlan(mood, count, chunkSize, timeoutMillis, retries, crashRetries, atMostOnce, maxInFlight);
    }

    CallOptions apply(CallOptions options) {
        CallOptions all = options.cancelGrace(GRACE).crashRetries(crashRetries).retries(retries)
                .retryIf(thrown -> thrown instanceof Faltered).retryBackoff(BACKOFF);
        if (chunkSize != 0) {
            all = all.chunkSizing(chunkSize == ADAPTIVE ? ChunkSizing.adaptive() : ChunkSizing.fixed(chunkSize));
        }
        if (timeoutMillis > 0) {
            all = all.taskTimeout(Duration.ofMillis(timeoutMillis));
        }
        if (maxInFlight > 0) {
            all = all.maxInFlight(maxInFlight);
        }
        return atMostOnce ? all.atMostOnce() : all;
    }
}
