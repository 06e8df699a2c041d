package io.farmhand.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a side's process is told of its work.
 *
 * @param work its name
 * @param side who does it
 * @param workers by how many
 * @param size how much there is of it
 * @param watch how long it is measured
 * @param directory where its files are, if it has any
 */
record Load(String work, Side side, int workers, long size, Stopwatch watch, Path directory) {
    /** From what {@link #arguments} made. */
    static Load of(String... arguments) {
        return new Load(arguments[0], Side.of(arguments[1]), Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[3]), new Stopwatch(Double.parseDouble(arguments[4])), Path.of(arguments[5]));
    }

    /** For the command line of any side, Java's or Python's. */
    List<String> arguments() {
        return List.of(work, side.id(), Integer.toString(workers), Long.toString(size),
                Double.toString(watch.seconds()),
                directory.toString());
    }

    /** The ints below the size. */
    List<Integer> ints() {
        return IntStream.range(0, (int) size).boxed().toList();
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException("there is no such work on this side: work=" + work + " side=" + side.id());
    }
}
