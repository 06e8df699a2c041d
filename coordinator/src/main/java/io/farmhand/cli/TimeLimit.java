package io.farmhand.cli;

import io.farmhand.PoolBuilder;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long an item may run.
 *
 * @param time zero where it depends on the others
 * @param factor of the median of the others; 0 where it does not
 */
record TimeLimit(Duration time, double factor) {
    private static final Pattern SHARE = Pattern.compile("(\\d{1,9})%");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)?");
    private static final double NANOS = 1e9;
    private static final int WHOLE = 100;

    void set(PoolBuilder builder) {
        if (factor > 0) {
            builder.taskTimeoutFactor(factor);
        } else {
            builder.taskTimeout(time);
        }
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<TimeLimit> {
        @Override
        public TimeLimit convert(String text) {
            Matcher share = SHARE.matcher(text);
            Matcher form = TIME.matcher(text);
            TimeLimit limit;
            if (share.matches()) {
                limit = new TimeLimit(Duration.ZERO, Double.parseDouble(share.group(1)) / WHOLE);
            } else if (form.matches()) {
                double seconds = Double.parseDouble(form.group(1)) * switch (form.group(2)) {
                    case "ms" -> 1e-3;
                    case "m" -> 60;
                    case "h" -> 3600;
                    case "d" -> 86_400;
                    case null, default -> 1;
                };
                limit = new TimeLimit(Duration.ofNanos((long) (seconds * NANOS)), 0);
            } else {
                throw new TypeConversionException(
                        "'" + text + "' is not a time such as 30s, 5m or 1.5h, nor a share such as "
                                + "300%");
            }
            if (!limit.time.isPositive() && limit.factor == 0) {
                throw new TypeConversionException("'" + text + "' is no time to run in");
            }
            return limit;
        }
    }
}
