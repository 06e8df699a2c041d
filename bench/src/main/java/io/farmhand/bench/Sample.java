package io.farmhand.bench;

import java.util.List;

/**
 * Figures of the same thing.
 *
 * @param values at least one, in the order in which they were taken
 */
record Sample(List<Double> values) {
    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** With the range that the median was taken from. */
    String text(Unit unit) {
        return values.size() == 1
                ? unit.text(median())
                : "%s (%s to %s)".formatted(unit.text(median()), unit.text(min()), unit.text(max()));
    }
}
