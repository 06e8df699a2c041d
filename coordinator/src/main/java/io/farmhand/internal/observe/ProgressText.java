package io.farmhand.internal.observe;

import java.util.Locale;

/** A state of some work as one line. Stateless. */
final class ProgressText {
    /** One less than the narrowest terminal that people use: in its last column some wrap. */
    private static final int COLUMNS = 79;
    private static final int MOST_BAR = 30;
    private static final int LEAST_BAR = 1;
    private static final long SECONDS_PER_DAY = 24 * 60 * 60;

    private ProgressText() {}

    /**
     * What is known of some work.
     *
     * @param total how many items there are, or less than 0 while that is not known
     * @param done how many are done
     * @param failed how many of these have failed
     * @param busy how many workers are at work, or less than 0 while that is not known
     * @param elapsedNanos since it began
     * @param perSecond how many are done in a second, 0 while unknown
     * @param over whether nothing more comes
     */
    record State(long total, long done, long failed, int busy, long elapsedNanos, double perSecond, boolean over) {}

    /** For a terminal: a bar with the numbers behind it, or the numbers alone where the total is not known. */
    static String bar(State state) {
        if (state.total() < 0) {
            return state.done() + " done" + behind(state);
        }
        String before = String.format(Locale.ROOT, "%3d%% [", percent(state));
        String after = "] " + state.done() + "/" + state.total() + behind(state);
        int width = Math.clamp(COLUMNS - before.length() - after.length(), LEAST_BAR, MOST_BAR);
        int full = (int) (share(state) * width);
        return before + "#".repeat(full) + " ".repeat(width - full) + after;
    }

    /** For a log. */
    static String line(State state) {
        String of = state.total() < 0 ? "" : " of " + state.total() + " (" + percent(state) + "%)";
        return "Done " + state.done() + of + behind(state);
    }

    private static double share(State state) {
        return state.total() == 0 ? 1 : Math.clamp((double) state.done() / state.total(), 0, 1);
    }

    private static int percent(State state) {
        return (int) (share(state) * 100);
    }

    private static String behind(State state) {
        StringBuilder text = new StringBuilder();
        if (state.perSecond() > 0) {
            text.append(" | ").append(rate(state.perSecond()));
        }
        text.append(" | ").append(time(state));
        if (state.busy() >= 0 && !state.over()) {
            text.append(" | ").append(state.busy()).append(" busy");
        }
        return text.append(" | ").append(state.failed()).append(" failed").toString();
    }

    private static String time(State state) {
        String elapsed = clock(state.elapsedNanos() / 1e9);
        if (state.over()) {
            return "took " + elapsed;
        }
        long left = state.total() - state.done();
        return left < 0 || state.perSecond() <= 0 ? elapsed : clock(Math.ceil(left / state.perSecond())) + " left";
    }

    /** So many in a second, or how long one takes. */
    private static String rate(double perSecond) {
        if (perSecond < 1) {
            return String.format(Locale.ROOT, "%.1f s each", 1 / perSecond);
        } else if (perSecond < 1e3) {
            return String.format(Locale.ROOT, perSecond < 100 ? "%.1f/s" : "%.0f/s", perSecond);
        } else if (perSecond < 1e6) {
            return String.format(Locale.ROOT, "%.1fk/s", perSecond / 1e3);
        }
        return String.format(Locale.ROOT, "%.1fM/s", perSecond / 1e6);
    }

    private static String clock(double seconds) {
        long whole = (long) Math.min(seconds, 999 * (double) SECONDS_PER_DAY);
        long days = whole / SECONDS_PER_DAY;
        long hours = whole / 3600 % 24;
        long minutes = whole / 60 % 60;
        if (days > 0) {
            return String.format(Locale.ROOT, "%d d %d h", days, hours);
        }
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
    }
}
