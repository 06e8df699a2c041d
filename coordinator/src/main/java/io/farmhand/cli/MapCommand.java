package io.farmhand.cli;

import io.farmhand.Pool;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm map}: maps a static method over arguments or lines, in worker JVMs, and prints the results in order. */
@Command(name = "map", sortOptions = false, mixinStandardHelpOptions = true,
        versionProvider = FarmCommand.Version.class, description = MapCommand.DESCRIPTION, footer = MapCommand.FOOTER)
final class MapCommand implements Callable<Integer> {
    static final String DESCRIPTION = "Maps a static method over inputs in worker JVMs and prints the results, one a "
            + "line, in the order of the inputs, as they come.";
    static final String FOOTER = MapWork.FOOTER + """
            Examples:
              farm map --jar my.jar com.acme.Score::file data/*.csv
              farm map -j 50%% --jar my.jar:lib.jar com.acme.Score::line < in.txt
              farm map java.lang.Math::abs -3 45
              farm map --csv --results scores.csv --jar my.jar com.acme.Score::row in.csv
              farm map java.lang.Math::max ::: 1 2 3 ::: 2 4""";

    private final Console console;

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", defaultValue = "0", description = {
            "Workers: a number; 0 or -1 for one on each core (the default), -2 for all cores but one, "
                    + "and so on; or a share of the cores, such as 50%%."},
            converter = WorkerCount.Converter.class)
    private WorkerCount jobs = new WorkerCount(1);

    @Mixin
    private MapWork work = new MapWork();

    MapCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        // More workers than inputs would only start and stop.
        int workers = work.givenInputs() == 0 ? jobs.count() : Math.min(jobs.count(), work.givenInputs());
        return work.run(console, Pool.builder(), workers, true);
    }
}
