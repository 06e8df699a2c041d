package io.farmhand.systemtests;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/** A value that does harm when it is written, or when it is read, in whatever process that happens. */
final class Bomb implements Serializable {
    private static final long serialVersionUID = 1;
    /** Set to end the loops and locks that go off in this process: here nobody can be killed. */
    private static volatile boolean defused;

    /** What it does. */
    enum Fault {
        EXCEPTION,
        ERROR,
        EXIT,
        HALT,
        SIGKILL,
        SIGSEGV,
        OUT_OF_MEMORY,
        STACK_OVERFLOW,
        ENDLESS_LOOP,
        DEADLOCK;

        /** Whether it ends the process. */
        boolean isDeath() {
            return this == EXIT || this == HALT || this == SIGKILL || this == SIGSEGV;
        }

        /** Whether it never ends. */
        boolean isHang() {
            return this == ENDLESS_LOOP || this == DEADLOCK;
        }

        /** Does it. */
        @SuppressWarnings("restricted") // a wild pointer is what is wanted
        void strike() {
            switch (this) {
                case EXCEPTION -> throw new IllegalStateException("struck");
                case ERROR -> throw new AssertionError("struck");
                case EXIT -> System.exit(7);
                case HALT -> Runtime.getRuntime().halt(7);
                case SIGKILL -> kill();
                case SIGSEGV ->
                    MemorySegment.ofAddress(8).reinterpret(Long.BYTES).set(ValueLayout.JAVA_LONG, 0, 1);
                case OUT_OF_MEMORY -> exhaust();
                case STACK_OVERFLOW -> recurse(0);
                case ENDLESS_LOOP -> Waiting.until(() -> defused);
                case DEADLOCK -> deadlock();
            }
        }

        private static void kill() {
            try {
                Workers.signal("KILL", ProcessHandle.current().pid());
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
            Waiting.until(() -> false);
        }

        /** More than the heap of any test. */
        private static void exhaust() {
            long[][] hoard = new long[16][];
            for (int i = 0; i < hoard.length; i++) {
                hoard[i] = new long[Integer.MAX_VALUE - 8];
            }
        }

        @SuppressWarnings("InfiniteRecursion") // that is the point
        private static int recurse(int depth) {
            return recurse(depth + 1) + 1;
        }

        /** Each of two threads holds what the other wants, until it is defused. */
        @SuppressWarnings("LockNotBeforeTry") // it is to go wrong
        private static void deadlock() {
            ReentrantLock first = new ReentrantLock();
            ReentrantLock second = new ReentrantLock();
            first.lock();
            Thread other = Thread.ofPlatform().daemon().start(() -> {
                second.lock();
                first.lock();
            });
            Waiting.until(second::isLocked);
            Waiting.until(() -> defused || second.tryLock());
            first.unlock();
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** When it goes off. */
    enum Trigger {
        WRITING,
        READING
    }

    private final Fault fault;
    private final Trigger trigger;

    Bomb(Fault fault, Trigger trigger) {
        this.fault = fault;
        this.trigger = trigger;
    }

    /** Ends what hangs in this process. */
    static void defuse(boolean on) {
        defused = on;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        if (trigger == Trigger.WRITING) {
            fault.strike();
        }
        out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        if (trigger == Trigger.READING) {
            fault.strike();
        }
    }
}
