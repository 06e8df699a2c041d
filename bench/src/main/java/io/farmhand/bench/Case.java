package io.farmhand.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that is measured: the same work for Farmhand and for those it is compared with.
 *
 * @param id its name on the command line; what stands before a dash is the name of the work
 * @param group whose figures are kept in one file
 * @param title what is done, in a few words
 * @param unit what is counted
 * @param workers how many workers the sides have
 * @param size how much work it is: items, arrays or files; for {@code sync}, milliseconds that a stretch is measured
 * @param quickSize the same for {@code --quick}
 * @param whole whether the figure is the time that the side's whole process takes
 * @param module what Python needs for it beside itself, or empty
 * @param jvmArgs options of our side's JVM
 * @param limit what our figure is meant to be at most; infinite for no limit
 * @param peers who is measured beside us, and how many times as good as it we are meant to be at least; 0 for no goal
 */
record Case(String id, String group, String title, Unit unit, int workers, long size, long quickSize, boolean whole,
        String module, List<String> jvmArgs, double limit, Map<Side, Double> peers) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    static final String SYNC = "sync";
    static final String SCALE = "scale";
    /** So that what is shown of the coordinator's memory is what it needs, and not what the collector leaves lying. */
    private static final String SMALL_HEAP = "-Xmx128m";
    /** So that it goes round in the time of a case: memory that is touched for the first time is the machine's cost. */
    private static final String USED_HEAP = "-Xmx2g";

    /** All of them, in the order in which they are shown. */
    static final List<Case> ALL = all();

    Case {
        jvmArgs = List.copyOf(jvmArgs);
        peers = new LinkedHashMap<>(peers);
    }

    private static List<Case> all() {
        List<Case> all = new ArrayList<>(List.of(
                of("start", "start", "a pool of 2, made, one map of two items, closed; cold", Unit.SECONDS, 2, 2)
                        .workers(2).limit(0.25).beside(Side.JOBLIB, 1)
                        .beside(Side.FORK, Side.SPAWN, Side.FORKSERVER, Side.FUTURES, Side.PP4J),
                of("start_shared", "start", "the shared pool looked up, one map of two items; warm", Unit.SECONDS, 2, 2)
                        .workers(2).limit(0.001).beside(Side.JOBLIB),
                of("hello", "hello", "a whole command that maps 10 lines", Unit.SECONDS, 10, 10).workers(2).inWhole()
                        .limit(1.0).beside(Side.JOBLIB, 1).beside(Side.FORK),
                of("tiny_map", "tiny", "map of 100,000 ints one by one, identity", Unit.ITEMS_PER_SECOND, 100_000, 200)
                        .beside(Side.FORK, 4).beside(Side.PP4J, 25)
                        .beside(Side.SPAWN, Side.FORKSERVER, Side.FUTURES, Side.JOBLIB),
                of("tiny_imap", "tiny", "imap of 100,000 ints one by one, identity", Unit.ITEMS_PER_SECOND, 100_000,
                        200)
                        .beside(Side.FORK, 4),
                of("auto", "auto", "map of 1,000,000 ints, default chunks, x + 1", Unit.ITEMS_PER_SECOND, 1_000_000,
                        1000)
                        .jvmArgs(USED_HEAP).beside(Side.FORK, 2).beside(Side.STREAMS),
                of("apply", "apply", "one blocking call at a time, median", Unit.SECONDS, 20_000, 100)
                        .beside(Side.FORK, 1).beside(Side.FUTURES, Side.PP4J),
                of("bytes_in", "bytes", "32 new arrays of 16 MiB, summed by the workers", Unit.BYTES_PER_SECOND, 32, 2)
                        .jvmArgs(USED_HEAP).needs("numpy").beside(Side.FORK, 5).beside(Side.FUTURES, Side.JOBLIB),
                of("bytes_in_again", "bytes", "the same 32 arrays again and again", Unit.BYTES_PER_SECOND, 32, 2)
                        .needs("numpy").beside(Side.JOBLIB, 1).beside(Side.SHARED),
                of("bytes_out", "bytes", "32 arrays of 16 MiB, made by the workers", Unit.BYTES_PER_SECOND, 32, 2)
                        .jvmArgs(USED_HEAP).needs("numpy").beside(Side.FORK, 5).beside(Side.FUTURES, Side.JOBLIB),
                of("squares_warm", "squares", "10 million numbers squared in 8 chunks, warm", Unit.SECONDS, 10_000_000,
                        8000).jvmArgs(USED_HEAP).needs("pandas").beside(Side.FORK, 5).beside(Side.JOBLIB, Side.STREAMS),
                of("squares_cold", "squares", "the same, a whole process", Unit.SECONDS, 10_000_000, 8000).inWhole()
                        .needs("pandas").beside(Side.FORK, 1).beside(Side.SPAWN, Side.JOBLIB),
                of("describe", "describe", "1,326 files described, a whole process", Unit.SECONDS, 1326, 5).inWhole()
                        .needs("pandas").beside(Side.FORK, 3).beside(Side.SERIAL, 0.95 * CORES)
                        .beside(Side.SPAWN, Side.FORKSERVER, Side.JOBLIB, Side.STREAMS),
                of("cpu", "cpu", "16 equal items that only compute", Unit.SECONDS, 100_000_000, 1000)
                        .beside(Side.SERIAL, 0.97 * CORES).beside(Side.STREAMS, Side.PP4J),
                of("memory_worker", "memory", "an idle worker, resident", Unit.BYTES, 2, 2).limit(60e6)
                        .beside(Side.FORK, Side.SPAWN, Side.JOBLIB),
                of("memory_imap", "memory", "the caller's peak in an imap of 10^7 items", Unit.BYTES, 10_000_000, 1000)
                        .jvmArgs(SMALL_HEAP)));
        for (int workers = 1; workers <= 64; workers *= 4) {
            for (long items = 1000; items <= 10_000_000; items *= 10) {
                all.add(of("scale-" + workers + "x" + items, SCALE, "the caller's CPU time for each item of an imap",
                        Unit.SECONDS, items, items / 1000).workers(workers).jvmArgs(SMALL_HEAP));
            }
        }
        all.addAll(List.of(sync("locked_increment", "locked increment, alone", 2),
                sync("locked_increment_by_four", "locked increment, 4 processes", 2),
                sync("lock", "lock and unlock", 1),
                sync("rlock", "lock and unlock, reentrant", 1),
                sync("semaphore", "acquire and release", 1),
                sync("event", "set, look, clear", 1),
                sync("condition_round_trip", "condition, there and back", 1),
                sync("barrier_round", "barrier of 4 processes", 1),
                sync("queue", "queue, one small item", 2),
                sync("pipe_round_trip", "pipe, there and back", 1),
                sync("pipe_mebibytes", "pipe, message of 1 MiB", 1),
                sync("manager_map_put", "manager's map, put", 2),
                sync("shared_array", "shared array, read and write", 1),
                sync("process_start", "process, start and join", 0)));
        return List.copyOf(all);
    }

    private static Case of(String id, String group, String title, Unit unit, long size, long quickSize) {
        return new Case(id, group, title, unit, CORES, size, quickSize, false, "", List.of(), Double.POSITIVE_INFINITY,
                Map.of());
    }

    private static Case sync(String id, String title, double goal) {
        return of(id, SYNC, title, Unit.SECONDS, 300, 10).beside(Side.FORK, goal);
    }

    private Case workers(int count) {
        return new Case(id, group, title, unit, count, size, quickSize, whole, module, jvmArgs, limit, peers);
    }

    private Case inWhole() {
        return new Case(id, group, title, unit, workers, size, quickSize, true, module, jvmArgs, limit, peers);
    }

    private Case needs(String name) {
        return new Case(id, group, title, unit, workers, size, quickSize, whole, name, jvmArgs, limit, peers);
    }

    private Case jvmArgs(String... args) {
        return new Case(id, group, title, unit, workers, size, quickSize, whole, module, List.of(args), limit, peers);
    }

    private Case limit(double most) {
        return new Case(id, group, title, unit, workers, size, quickSize, whole, module, jvmArgs, most, peers);
    }

    private Case beside(Side peer, double goal) {
        Map<Side, Double> more = new LinkedHashMap<>(peers);
        more.put(peer, goal);
        return new Case(id, group, title, unit, workers, size, quickSize, whole, module, jvmArgs, limit, more);
    }

    private Case beside(Side... others) {
        Case more = this;
        for (Side other : others) {
            more = more.beside(other, 0);
        }
        return more;
    }

    /** The same with little work, to see that it runs. */
    Case quick() {
        return new Case(id, group, title, unit, Math.min(workers, 2), quickSize, quickSize, whole, module, jvmArgs,
                limit, peers);
    }

    /** The name of what is done, in each side's code. */
    String work() {
        return id.contains("-") ? id.substring(0, id.indexOf('-')) : id;
    }

    /** Us and then the others. */
    List<Side> sides() {
        List<Side> sides = new ArrayList<>(List.of(Side.FARMHAND));
        sides.addAll(peers.keySet());
        return sides;
    }

    /** The cases of such names, of groups or of cases; all for none. */
    static List<Case> chosen(List<String> names) {
        for (String name : names) {
            if (ALL.stream().noneMatch(each -> each.isCalled(name))) {
                throw new IllegalArgumentException("there is no case or group \"" + name + "\": there are " + names());
            }
        }
        return ALL.stream().filter(each -> names.isEmpty() || names.stream().anyMatch(each::isCalled)).toList();
    }

    private boolean isCalled(String name) {
        return id.equals(name) || group.equals(name);
    }

    /** The names that there are, without each point of {@code scale}. */
    static List<String> names() {
        return ALL.stream().flatMap(each -> List.of(each.group, each.work()).stream()).distinct().toList();
    }
}
