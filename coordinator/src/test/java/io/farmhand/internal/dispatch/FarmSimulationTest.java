package io.farmhand.internal.dispatch;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of farms, each with its own troubles, in simulated time. {@code -Dfarmhand.simulation.seeds=100000} runs
 * more of them, {@code -Dfarmhand.simulation.seed=4711} the one that failed.
 */
class FarmSimulationTest {
    private static final int SEEDS = 3000;
    /** What the dispatcher logs of all these deaths helps nobody; held, or its level would be forgotten. */
    private static final Logger LOG = Logger.getLogger(Dispatcher.class.getName());

    @BeforeAll
    static void beSilent() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        LOG.setLevel(null);
    }

    @Test
    @Timeout(600)
    void deliversEachItemOnceWhateverBefallsTheWorkers() {
        Long only = Long.getLong("farmhand.simulation.seed");
        if (only != null) {
            new Simulation(only).run();
            return;
        }
        long seeds = Long.getLong("farmhand.simulation.seeds", SEEDS);
        for (long seed = 1; seed <= seeds; seed++) {
            new Simulation(seed).run();
        }
    }
}
