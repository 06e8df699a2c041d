package io.farmhand.bench;

import java.util.Locale;

/** Who does the work of a case, in a process of its own. */
enum Side {
    /** Us. */
    FARMHAND("Farmhand", false),
    /** Us, with handles on arrays that stand in shared memory already. */
    SHARED("Farmhand, `SharedDoubleArray`", false),
    /** The same code in one thread of one JVM, without a farm. */
    SERIAL("one thread, no farm", false),
    /** The limit in one process. */
    STREAMS("parallel stream", false),
    /** JVMs that are spoken to in Base64 by their standard streams. */
    PP4J("PP4J 2.2", false),
    /** Python's Pool. */
    FORK("multiprocessing, fork", true),
    /** Python's Pool. */
    SPAWN("multiprocessing, spawn", true),
    /** Python's Pool. */
    FORKSERVER("multiprocessing, forkserver", true),
    /** Python's ProcessPoolExecutor. */
    FUTURES("concurrent.futures", true),
    /** Its backend loky. */
    JOBLIB("joblib/loky", true);

    private final String title;
    private final boolean python;

    Side(String title, boolean python) {
        this.title = title;
        this.python = python;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** Whether its code is in {@code peers.py}. */
    boolean isPython() {
        return python;
    }

    /** Its name in arguments and files. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Side of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
