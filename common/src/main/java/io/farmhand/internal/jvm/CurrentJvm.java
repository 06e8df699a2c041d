package io.farmhand.internal.jvm;

/**
 * Who this JVM is among those that started one another. Set once, by the main class of a child before the user's code
 * runs.
 */
public final class CurrentJvm {
    /** Python's name of the process that no other started. */
    private static final String FIRST = "MainProcess";

    private static volatile String name = FIRST;
    private static volatile String number = "";

    private CurrentJvm() {}

    /** This JVM is a child of that name and number. */
    public static void is(Launch launch) {
        name = launch.name();
        number = launch.number();
    }

    /** This JVM is a worker of a pool. */
    public static void isWorker(int worker) {
        name = "PoolWorker-" + worker;
    }

    /** Its name; {@code MainProcess} when no other of ours started it. */
    public static String name() {
        return name;
    }

    /**
     * The number of a child of this JVM.
     *
     * @param nth which it is, from 1
     */
    public static String child(int nth) {
        return number.isEmpty() ? Integer.toString(nth) : number + ":" + nth;
    }
}
