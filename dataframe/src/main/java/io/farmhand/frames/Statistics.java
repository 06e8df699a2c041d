package io.farmhand.frames;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * The eight numbers that describe numbers, by the formulas of numpy and pandas, under the names that pandas gives them
 * ({@code q25} is its {@code 25%}).
 *
 * <p>The sum is numpy's pairwise sum, whose rounding error grows with the logarithm of the count. The standard deviation
 * takes a second pass over the deviations from the mean, as pandas' {@code nanvar} does: sums of the squares of the
 * values themselves would cancel each other. Nothing is scaled, so deviations below 1e-162 underflow to a standard
 * deviation of 0 and those beyond 1e154 overflow to infinity, and a sum beyond 1.8e308 does, in pandas as here.
 *
 * @param count how many there are; all other numbers are NaN where it is 0
 * @param mean the arithmetic mean
 * @param std the sample's standard deviation, by {@code count - 1}; NaN where the count is 1
 * @param min the smallest value
 * @param q25 the lower quartile, by linear interpolation
 * @param q50 the median
 * @param q75 the upper quartile
 * @param max the largest value
 */
public record Statistics(long count, double mean, double std, double min, double q25, double q50, double q75,
        double max) implements Serializable {
    /** Above this many numbers a sum is split in two; after {@code PW_BLOCKSIZE} of numpy. */
    private static final int BLOCK = 128;

    private static final int LANES = 8;

    /**
     * Describes numbers.
     *
     * @param values none of them NaN; they stay as they are
     */
    public static Statistics of(double... values) {
        Objects.requireNonNull(values, "values");
        int count = values.length;
        if (count == 0) {
            double none = Double.NaN;
            return new Statistics(0, none, none, none, none, none, none, none);
        }
        double mean = sum(values, 0, count) / count;
        double std = standardDeviation(values, mean);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double min = sorted[0];
        double max = sorted[count - 1];
        if (min == max && Double.isFinite(min)) {
            // One number over and over: the rounding of its mean is no spread (and, of 1e300, not an infinite one).
            mean = min;
            std = count == 1 ? Double.NaN : 0;
        }
        return new Statistics(count, mean, std, min, quantile(sorted, 0.25), quantile(sorted, 0.5),
                quantile(sorted, 0.75), max);
    }

    /** By {@code count - 1}: NaN of a single value. */
    private static double standardDeviation(double[] values, double mean) {
        double[] squares = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double deviation = values[i] - mean;
            squares[i] = deviation * deviation;
        }
        return Math.sqrt(sum(squares, 0, squares.length) / (squares.length - 1));
    }

    /** The sum of {@code values[from..to)}, after numpy's {@code pairwise_sum}. */
    private static double sum(double[] values, int from, int to) {
        int count = to - from;
        if (count > BLOCK) {
            int half = count / 2;
            int middle = from + half - half % LANES;
            return sum(values, from, middle) + sum(values, middle, to);
        }
        // Eight running sums, which a processor can add at the same time; numpy joins them in this order.
        double[] lanes = new double[LANES];
        int i = from;
        for (; to - i >= LANES; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] += values[i + lane];
            }
        }
        double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        for (; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }

    /** Interpolated between the two nearest ranks, after {@code _lerp} of numpy's {@code percentile}. */
    private static double quantile(double[] sorted, double fraction) {
        double rank = (sorted.length - 1) * fraction;
        int below = (int) rank;
        double low = sorted[below];
        double high = sorted[Math.min(below + 1, sorted.length - 1)];
        double weight = rank - below;
        if (weight == 0 || low == high) {
            return low; // and not the NaN that comes of a distance from or to infinity
        }
        double distance = high - low;
        return weight < 0.5 ? low + distance * weight : high - distance * (1 - weight);
    }
}
