package io.farmhand;

import io.farmhand.Insights.SlowItem;
import java.time.Duration;
import java.util.Locale;

/** Insights as text. Stateless. */
final class InsightsTable {
    private static final int MOST_BAR = 30;
    /** From this share on there is little else to gain. */
    private static final double MOSTLY = 0.75;

    private InsightsTable() {}

    static String of(Insights insights) {
        StringBuilder table = new StringBuilder("Where the workers' time went:\n");
        row(table, "starting", insights.start());
        row(table, "initializing", insights.init());
        row(table, "waiting", insights.waiting());
        row(table, "serializing", insights.serializing());
        row(table, "working", insights.working());
        table.append("Items done: ").append(insights.itemsDone()).append(", sent again: ")
                .append(insights.itemsRepeated()).append('\n');
        for (SlowItem item : insights.slowest()) {
            table.append("Slow: item ").append(item.index()).append(" of call ").append(item.job()).append(" took ")
                    .append(time(item.took())).append(" on worker ").append(item.worker()).append('\n');
        }
        return table.append(diagnosis(insights)).append('\n').toString();
    }

    private static void row(StringBuilder table, String name, double share) {
        String text = String.format(Locale.ROOT, "  %-12s %5.1f%%  %s", name, 100 * share,
                "#".repeat((int) Math.round(MOST_BAR * share)));
        table.append(text.stripTrailing()).append('\n');
    }

    private static String time(Duration took) {
        double seconds = (double) took.toNanos() / 1e9;
        return String.format(Locale.ROOT, seconds < 0.1 ? "%.1f ms" : "%.2f s",
                seconds < 0.1 ? seconds * 1e3 : seconds);
    }

    static String diagnosis(Insights insights) {
        if (insights.advice().isPresent()) {
            return insights.advice().get();
        }
        double most = Math.max(Math.max(insights.start(), insights.init()),
                Math.max(insights.waiting(), insights.serializing()));
        if (insights.itemsDone() == 0) {
            return "Nothing was done.";
        } else if (insights.working() >= MOSTLY || insights.working() >= most) {
            return "The functions took %s of the workers' time: they, or more cores, are what could make it faster."
                    .formatted(percent(insights.working()));
        } else if (most == insights.start()) {
            return "Starting JVMs took %s of the workers' time: keep the pool for further calls, or take fewer workers."
                    .formatted(percent(most));
        } else if (most == insights.init()) {
            return "The initializer took %s of the workers' time: keep the pool for further calls, or let it do less."
                    .formatted(percent(most));
        } else if (most == insights.waiting()) {
            return ("The workers waited for %s of their time: there are too few items for so many of them, or the input,"
                    + " or whoever reads the results, is too slow.").formatted(percent(most));
        }
        return "Serializing took %s of the workers' time: send less with each item, or broadcast what all need."
                .formatted(percent(most));
    }

    private static String percent(double share) {
        return Math.round(100 * share) + "%";
    }
}
