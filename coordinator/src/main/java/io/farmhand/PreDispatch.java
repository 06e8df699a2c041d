package io.farmhand;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many batches are pulled from the input ahead: a number, a multiple of the number of jobs, or all.
 *
 * @param count how many, or for each job how many; infinite for all
 * @param perJob whether it is for each job
 */
record PreDispatch(double count, boolean perJob) {
    static final PreDispatch ALL = new PreDispatch(Double.POSITIVE_INFINITY, false);
    /** joblib's own default. */
    static final PreDispatch DEFAULT = new PreDispatch(2, true);

    private static final String NUMBER = "[0-9]{1,9}(?:\\.[0-9]{1,9})?";
    private static final Pattern TIMES = Pattern.compile("(?:(" + NUMBER + ")\\*)?n_jobs(?:\\*(" + NUMBER + "))?");
    private static final Pattern SOME_NUMBER = Pattern.compile(NUMBER);

    static PreDispatch of(int batches) {
        if (batches < 1) {
            throw new IllegalArgumentException("preDispatch=" + batches + " is not at least 1");
        }
        return new PreDispatch(batches, false);
    }

    /**
     * Reads joblib's expressions: {@code 2*n_jobs}, {@code 1.5*n_jobs}, {@code n_jobs*2}, {@code n_jobs}, {@code all},
     * {@code 10}. joblib evaluates any arithmetic ({@code eval_expr} in its {@code _utils.py}); these are the forms that
     * its documents and its users have.
     *
     * @throws IllegalArgumentException for anything else
     */
    static PreDispatch parse(String text) {
        String expression = Objects.requireNonNull(text, "preDispatch").replaceAll("\\s", "");
        if (expression.equals("all")) {
            return ALL;
        }
        if (expression.matches("[0-9]{1,9}")) {
            int batches = Integer.parseInt(expression);
            if (batches >= 1) {
                return of(batches);
            }
        }
        Matcher times = TIMES.matcher(expression);
        if (times.matches() && (times.group(1) == null || times.group(2) == null)) {
            String factor = times.group(1) != null ? times.group(1) : times.group(2);
            double count = factor == null ? 1 : Double.parseDouble(factor);
            if (count > 0) {
                return new PreDispatch(count, true);
            }
        }
        throw new IllegalArgumentException(("preDispatch=\"%s\" is not understood; did you mean \"%s\"? The forms are"
                + " \"2*n_jobs\", \"n_jobs*2\", \"1.5*n_jobs\", \"n_jobs\", a number of batches from 1 such as \"10\","
                + " and \"all\"").formatted(text, nearest(expression.toLowerCase(Locale.ROOT))));
    }

    private static String nearest(String wrong) {
        Matcher number = SOME_NUMBER.matcher(wrong);
        String factor = number.find() && Double.parseDouble(number.group()) > 0 ? number.group() : "";
        boolean speaksOfJobs = wrong.contains("j") || wrong.contains("n_");
        if (speaksOfJobs) {
            return factor.isEmpty() ? "n_jobs" : factor + "*n_jobs";
        }
        if (!factor.isEmpty()) {
            return Long.toString(Math.max(1, (long) Double.parseDouble(factor)));
        }
        return wrong.startsWith("a") ? "all" : "2*n_jobs";
    }

    /** How many batches that is, at least 1; cut to a whole number, as joblib does. */
    int batches(int jobs) {
        return (int) Math.clamp(perJob ? count * jobs : count, 1, Integer.MAX_VALUE);
    }
}
