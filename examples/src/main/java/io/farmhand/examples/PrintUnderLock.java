package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.sync.Lock;
import java.util.ArrayList;
import java.util.List;

/** How do processes print without mixing their lines? One at a time, under a lock. */
public final class PrintUnderLock {
    private static final int PROCESSES = 5;

    private PrintUnderLock() {}

    private static void hello(Lock lock, int number) {
        lock.lock();
        try {
            System.out.print("hello ");
            System.out.print("world ");
            System.out.println(number);
        } finally {
            lock.unlock();
        }
    }

    /** Lets some processes print at once. */
    public static void main(String[] args) throws InterruptedException {
        try (Lock lock = Lock.create()) {
            List<JvmProcess> processes = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                int number = i;
                processes.add(JvmProcess.start(() -> hello(lock, number)));
            }
            for (JvmProcess process : processes) {
                process.join();
            }
        }
    }
}
