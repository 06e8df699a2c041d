package io.farmhand.internal.jvm;

/** Tells of an exception that came from another JVM where it came from. Stateless. */
public final class Origins {
    /** Longer cause chains than this are taken for a circle. */
    private static final int MOST_CAUSES = 100;

    private Origins() {}

    /** Puts where an exception came from at the end of its causes, or, where that is taken, beside it. */
    public static void attach(Throwable thrown, Throwable origin) {
        try {
            Throwable root = thrown;
            for (int i = 0; i < MOST_CAUSES && root.getCause() != null; i++) {
                root = root.getCause();
            }
            root.initCause(origin);
        } catch (Throwable e) { // its cause was set to null for good, or its class will have none
            thrown.addSuppressed(origin);
        }
    }
}
