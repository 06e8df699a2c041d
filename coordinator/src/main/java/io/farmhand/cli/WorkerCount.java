package io.farmhand.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The number of workers that {@code -j} asks for, at least 1.
 *
 * @param count workers
 */
record WorkerCount(int count) {
    private static final Pattern SHARE = Pattern.compile("(\\d{1,6})%");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,6}");

    /**
     * Reads {@code N}, {@code N%} of the cores, 0 for all of them, or as in joblib -1 for all, -2 for all but one.
     *
     * @param text such as {@code 50%}
     * @param cores of this machine
     */
    static WorkerCount parse(String text, int cores) {
        Matcher share = SHARE.matcher(text);
        if (share.matches()) {
            long percent = Long.parseLong(share.group(1));
            if (percent == 0) {
                throw new UsageException("'" + text + "' is no worker at all: give a share above 0%");
            }
            return new WorkerCount((int) Math.max(1, Math.round(cores * percent / 100.0)));
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new UsageException(
                    "'" + text + "' is not a number of workers: give N, 0 or -1 for all cores, or N%");
        }
        int number = Integer.parseInt(text);
        if (number > 0) {
            return new WorkerCount(number);
        }
        return new WorkerCount(number == 0 ? cores : Math.max(1, cores + 1 + number));
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<WorkerCount> {
        @Override
        public WorkerCount convert(String text) {
            try {
                return parse(text, Runtime.getRuntime().availableProcessors());
            } catch (UsageException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
