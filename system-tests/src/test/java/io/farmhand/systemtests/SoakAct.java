package io.farmhand.systemtests;

import io.farmhand.task.TaskContext;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What an item of the soak does. It follows from the call's mood and seed and the item's index, so that both sides know
 * it without telling each other.
 */
enum SoakAct {
    /** Answers at once. */
    ANSWER,
    /** Answers after some milliseconds, of work or of rest. */
    WORK,
    /** Answers with much. */
    LARGE,
    /** Throws what is not worth another attempt. */
    REFUSE,
    /** Throws what is worth another attempt, in its first. */
    FALTER,
    /** Throws what is worth another attempt, in each. */
    GIVE_UP,
    /** Ends its worker in its first attempt. */
    DIE_ONCE,
    /** Ends its worker in each attempt. */
    DIE,
    /** Goes on until it is interrupted. */
    HANG,
    /** Goes on whatever it is told. */
    IGNORE;

    /** How a call's items are disposed. */
    enum Mood {
        /** All of them answer. */
        CALM,
        /** Some throw. */
        PICKY,
        /** Some end their workers. */
        DEADLY,
        /** Some never end. */
        TARDY;

        /** How often they do what, in thousandths, in the order of the acts. */
        private int[] shares() {
            return switch (this) {
                //                  ANSWER WORK LARGE REFUSE FALTER GIVE_UP DIE_ONCE DIE HANG IGNORE
                case CALM -> new int[]{810, 180, 10, 0, 0, 0, 0, 0, 0, 0};
                case PICKY -> new int[]{765, 150, 5, 15, 50, 15, 0, 0, 0, 0};
                case DEADLY -> new int[]{750, 200, 5, 5, 5, 0, 20, 15, 0, 0};
                case TARDY -> new int[]{750, 200, 5, 5, 5, 0, 0, 0, 18, 17};
            };
        }
    }

    private static final int ALL_SHARES = 1000;
    private static final int STATUS = 7;
    private static final int LARGEST_LENGTH = 400_000;
    private static final int LONGEST_MICROS = 8_000;
    /** Spreads the indices of a call over all seeds; it is 2^64 over the golden ratio. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    static SoakAct of(Mood mood, long seed, long index) {
        int lot = lots(seed, index).nextInt(ALL_SHARES);
        int[] shares = mood.shares();
        for (int i = 0; i < shares.length; i++) {
            lot -= shares[i];
            if (lot < 0) {
                return values()[i];
            }
        }
        throw new IllegalStateException("the shares of " + mood + " do not add up");
    }

    private static SplittableRandom lots(long seed, long index) {
        return new SplittableRandom(seed + index * GOLDEN);
    }

    /** In a worker: does it. Gives what the answer holds. */
    String perform(long key, long seed, long index) throws InterruptedException {
        int attempt = TaskContext.current().attempt();
        switch (this) {
            case WORK -> {
                long micros = lots(~seed, index).nextInt(LONGEST_MICROS);
                if (micros % 2 == 0) {
                    Waiting.spin(TimeUnit.MICROSECONDS.toNanos(micros));
                } else {
                    TimeUnit.MICROSECONDS.sleep(micros);
                }
            }
            case REFUSE -> throw new Refused(key);
            case FALTER -> {
                if (attempt == 1) {
                    throw new Faltered(key);
                }
            }
            case GIVE_UP -> throw new Faltered(key);
            case DIE_ONCE -> {
                if (attempt == 1) {
                    Runtime.getRuntime().halt(STATUS);
                }
            }
            case DIE -> Runtime.getRuntime().halt(STATUS);
            case HANG -> TimeUnit.DAYS.sleep(1);
            case IGNORE -> ignoreAll();
            case ANSWER, LARGE -> {
            }
        }
        return load(seed, index);
    }

    private static void ignoreAll() {
        Waiting.until(() -> {
            boolean _ = Thread.interrupted();
            return false;
        });
    }

    /** What the answer to an item holds. */
    String load(long seed, long index) {
        int length = this == LARGE ? lots(~seed, index).nextInt(LARGEST_LENGTH) : 1;
        return Character.toString('a' + Math.floorMod(seed + index, 26)).repeat(length);
    }

    /** Whether it has an answer under some circumstances. */
    boolean mayAnswer(SoakPlan plan) {
        return switch (this) {
            case ANSWER, WORK, LARGE -> true;
            // Without retries it answers when its first attempt was lost.
            case FALTER -> !plan.atMostOnce();
            case DIE_ONCE -> !plan.atMostOnce() && plan.crashRetries() > 0;
            case REFUSE, GIVE_UP, DIE, HANG, IGNORE -> false;
        };
    }

    /** Whether it ends its worker, or has to be ended with it. */
    boolean isDeadly() {
        return switch (this) {
            case DIE_ONCE, DIE, HANG, IGNORE -> true;
            case ANSWER, WORK, LARGE, REFUSE, FALTER, GIVE_UP -> false;
        };
    }

    /** That an item failed by its own will; it says which. */
    abstract static sealed class Scripted extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final long key;

        Scripted(long key) {
            super("item " + Long.toHexString(key));
            this.key = key;
        }

        long key() {
            return key;
        }
    }

    /** For good. */
    static final class Refused extends Scripted {
        private static final long serialVersionUID = 1;

        Refused(long key) {
            super(key);
        }
    }

    /** Another attempt may do better. */
    static final class Faltered extends Scripted {
        private static final long serialVersionUID = 1;

        Faltered(long key) {
            super(key);
        }
    }
}
