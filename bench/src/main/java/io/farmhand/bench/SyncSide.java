package io.farmhand.bench;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The cases of {@code sync}: the JMH benchmark of the case's name, in this JVM, which does nothing else. */
final class SyncSide {
    private static final int STRETCHES = 5;

    private SyncSide() {}

    static Outcome run(Load load) throws RunnerException {
        TimeValue stretch = TimeValue.milliseconds(load.size());
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include("\\." + method(load.work()) + "$").forks(0).mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .warmupIterations(STRETCHES).warmupTime(stretch)
                .measurementIterations(STRETCHES).measurementTime(stretch)
                .timeout(TimeValue.minutes(2)).shouldFailOnError(true).verbosity(VerboseMode.SILENT).build()).run();
        if (results.size() != 1) {
            throw new IllegalStateException("there is not one benchmark of that name: work=" + load.work()
                    + " found=" + results.size());
        }
        return Outcome.of(results.iterator().next().getPrimaryResult().getScore() / 1e9, "-");
    }

    /** {@code lockedIncrement} for {@code locked_increment}. */
    private static String method(String work) {
        StringBuilder camel = new StringBuilder();
        for (String word : work.split("_", -1)) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
