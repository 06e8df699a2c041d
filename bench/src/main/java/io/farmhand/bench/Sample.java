package io.farmhand.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What one side of a case took, in nanoseconds for each operation.
 *
 * @param rounds one figure for each round, in their order
 */
record Sample(List<Double> rounds) {
    Sample {
        rounds = List.copyOf(rounds);
    }

    double median() {
        double[] sorted = sorted();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min() {
        return sorted()[0];
    }

    double max() {
        return sorted()[rounds.size() - 1];
    }

    private double[] sorted() {
        double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
