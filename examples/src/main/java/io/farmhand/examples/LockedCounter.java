package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.shared.SharedInt;
import java.util.ArrayList;
import java.util.List;

/** How do processes count together without losing a count? With a shared number and its lock. */
public final class LockedCounter {
    private static final int PROCESSES = 4;
    private static final int INCREMENTS = 1_000;

    private LockedCounter() {}

    private static void increment(SharedInt counter) {
        for (int i = 0; i < INCREMENTS; i++) {
            counter.lock().lock();
            try {
                counter.set(counter.get() + 1);
            } finally {
                counter.lock().unlock();
            }
        }
    }

    /** Lets four processes add 1,000 each. */
    public static void main(String[] args) throws InterruptedException {
        try (SharedInt counter = SharedInt.create(0)) {
            List<JvmProcess> processes = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(JvmProcess.start(() -> increment(counter)));
            }
            for (JvmProcess process : processes) {
                process.join();
            }
            System.out.println(counter.get());
        }
    }
}
