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

/**
 * Farmhand, each case in a JVM of its own, by JMH.
 *
 * @param millis how long a stretch of time is that is measured
 * @param warmups how many stretches come before those that count
 * @param stretches how many stretches count
 */
record FarmhandSide(int millis, int warmups, int stretches) {
    /** Nanoseconds for each operation. */
    double measure(Case measured) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include("\\." + measured.method() + "$").forks(1).mode(Mode.AverageTime).timeUnit(TimeUnit.NANOSECONDS)
                .warmupIterations(warmups).warmupTime(TimeValue.milliseconds(millis))
                .measurementIterations(stretches).measurementTime(TimeValue.milliseconds(millis))
                .timeout(TimeValue.minutes(2)).shouldFailOnError(true).verbosity(VerboseMode.SILENT)
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow").build())
                .run();
        if (results.size() != 1) {
            throw new IllegalStateException("there is not one benchmark of that name: method=" + measured.method()
                    + " found=" + results.size());
        }
        return results.iterator().next().getPrimaryResult().getScore();
    }
}
