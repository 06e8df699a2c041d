package io.farmhand.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured of one case, round by round; in this shape it stands in the JSON file of its group. */
final class Measured {
    private final String setting;
    private @Nullable String digest;
    private final Map<String, List<Double>> values = new LinkedHashMap<>();
    private final Map<String, List<Double>> peakBytes = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    /** @param setting where and how it is measured */
    Measured(String setting) {
        this.setting = setting;
    }

    /**
     * Notes a round of a side.
     *
     * @throws IllegalStateException when its result is not that of those before it
     */
    void add(Side side, Outcome outcome) {
        if (digest == null) {
            digest = outcome.digest();
        } else if (!digest.equals(outcome.digest())) {
            throw new IllegalStateException("its result is another one: digest=\"" + outcome.digest() + "\" expected=\""
                    + digest + "\"");
        }
        values.computeIfAbsent(side.id(), _ -> new ArrayList<>()).add(outcome.value());
        peakBytes.computeIfAbsent(side.id(), _ -> new ArrayList<>()).add((double) outcome.peakBytes());
    }

    /** Notes that a side has no figure. */
    void fail(Side side, String why) {
        values.remove(side.id());
        peakBytes.remove(side.id());
        failures.put(side.id(), why);
    }

    boolean hasFailed(Side side) {
        return failures.containsKey(side.id());
    }

    String setting() {
        return setting;
    }

    /** The figures of a side, if it has any. */
    @Nullable
    Sample sample(Side side) {
        List<Double> figures = values.get(side.id());
        return figures == null ? null : new Sample(figures);
    }

    /** How much memory the calling process of a side had at most, if that is known. */
    @Nullable
    Sample peak(Side side) {
        List<Double> figures = peakBytes.get(side.id());
        return figures == null ? null : new Sample(figures);
    }
}
