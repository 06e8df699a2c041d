package io.farmhand.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The cases of the bench: the same work for Farmhand and for its peer. */
enum Case {
    /** One process. */
    LOCKED_INCREMENT("locked increment, alone", 2),
    /** Four processes. */
    LOCKED_INCREMENT_BY_FOUR("locked increment, 4 processes", 2),
    /** One process. */
    LOCK("lock and unlock", 1),
    /** One process. */
    RLOCK("lock and unlock, reentrant", 1),
    /** One process. */
    SEMAPHORE("acquire and release", 1),
    /** One process. */
    EVENT("set, look, clear", 1),
    /** Two processes. */
    CONDITION_ROUND_TRIP("condition, there and back", 1),
    /** Four processes. */
    BARRIER_ROUND("barrier of 4 processes", 1),
    /** Two processes. */
    QUEUE("queue, one small item", 2),
    /** Two processes. */
    PIPE_ROUND_TRIP("pipe, there and back", 1),
    /** Two processes. */
    PIPE_MEBIBYTES("pipe, message of 1 MiB", 1),
    /** Two processes. */
    MANAGER_MAP_PUT("manager's map, put", 2),
    /** One process. */
    SHARED_ARRAY("shared array, read and write", 1),
    /** Two processes. */
    PROCESS_START("process, start and join", 0);

    private final String work;
    private final double goal;

    Case(String work, double goal) {
        this.work = work;
        this.goal = goal;
    }

    /** What is measured, in a few words. */
    String work() {
        return work;
    }

    /** How many times as fast as its peer it is meant to be at least; 0 for no goal. */
    double goal() {
        return goal;
    }

    /** Its name on the command line, and its function's name in the peer's script. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its benchmark method's name. */
    String method() {
        StringBuilder camel = new StringBuilder();
        for (String word : id().split("_", -1)) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }

    static List<String> ids() {
        return Arrays.stream(values()).map(Case::id).toList();
    }
}
