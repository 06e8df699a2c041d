package io.farmhand.systemtests;

import io.farmhand.WorkerCrashedException;
import io.farmhand.systemtests.SoakCall.Suspicion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The calls of one round, the workers that were struck in it, and the side log of what has run: once all is quiet, it
 * holds them against each other.
 */
final class SoakLedger {
    private static final Pattern PID = Pattern.compile("\\(pid (\\d+)\\)");

    private final SideLog log;
    private final Map<Long, SoakCall> calls = new ConcurrentHashMap<>();
    private final Set<Long> struck = ConcurrentHashMap.newKeySet();

    SoakLedger(SideLog log) {
        this.log = log;
    }

    SideLog log() {
        return log;
    }

    void add(SoakCall call) {
        calls.put(call.task().call(), call);
    }

    Collection<SoakCall> calls() {
        return calls.values();
    }

    /** A worker is about to be killed, halted or asked to leave. */
    void strike(long pid) {
        struck.add(pid);
    }

    /** Of the round's end: what ran is what was sent, and no more often than it may; each failure has its reason. */
    void verify() {
        Map<Long, List<Long>> runs = new HashMap<>();
        log.entries().forEach(entry -> runs.computeIfAbsent(entry.index(), _ -> new ArrayList<>()).add(entry.pid()));
        Set<Long> ended = new HashSet<>(struck);
        runs.forEach((key, pids) -> {
            if (sender(key).act(SoakCall.indexOf(key)).isDeadly()) {
                ended.addAll(pids);
            }
        });
        runs.forEach((key, pids) -> verifyRuns(key, pids, ended));
        calls.values().forEach(call -> call.suspicions().forEach(suspicion -> {
            long key = SoakCall.key(call.task().call(), suspicion.index());
            if (!isExplained(suspicion, suspicion.index() < 0 ? List.of() : runs.getOrDefault(key, List.of()), ended)) {
                throw new AssertionError(
                        "%s: item %d failed for no reason; it ran on %s; struck workers: %s".formatted(call,
                                suspicion.index(), runs.get(key), ended),
                        suspicion.error());
            }
        }));
    }

    private SoakCall sender(long key) {
        SoakCall call = calls.get(SoakCall.callOf(key));
        if (call == null || SoakCall.indexOf(key) >= call.sent()) {
            throw new AssertionError("item %d of call %d ran, but was not sent: %s".formatted(SoakCall.indexOf(key),
                    SoakCall.callOf(key), call));
        }
        return call;
    }

    /** @param ended the workers that ended before their time: what they ran may have been run again */
    private void verifyRuns(long key, List<Long> pids, Set<Long> ended) {
        SoakCall call = sender(key);
        long whole = pids.stream().filter(pid -> !ended.contains(pid)).count();
        int most = 1 + call.plan().retries();
        call.check(whole <= most, "item %d ran %d times, %d at most; its workers: %s", SoakCall.indexOf(key), whole,
                most, pids);
        call.check(!call.plan().atMostOnce() || pids.size() <= 1, "item %d ran %d times, but atMostOnce() is set",
                SoakCall.indexOf(key), pids.size());
    }

    /**
     * Whether a failure comes of what befell workers. The item may have begun in the last of them without having come
     * to say so, but then the error tells which that was.
     */
    private static boolean isExplained(Suspicion suspicion, List<Long> pids, Set<Long> ended) {
        boolean named = PID.matcher(String.valueOf(suspicion.error().getMessage())).results().map(MatchResult::group)
                .map(pid -> Long.valueOf(pid.replaceAll("\\D", ""))).anyMatch(ended::contains);
        long deaths = pids.stream().filter(ended::contains).count();
        if (suspicion.error() instanceof WorkerCrashedException && suspicion.index() >= 0) {
            SoakPlan plan = suspicion.call().plan();
            return named && (plan.atMostOnce() || deaths >= plan.crashRetries());
        }
        return named || deaths > 0;
    }
}
