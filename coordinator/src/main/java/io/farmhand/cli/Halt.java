package io.farmhand.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * When a run ends before its time, as GNU parallel's {@code --halt} says it.
 *
 * @param now whether what runs is killed then; else it is finished
 * @param of what is counted
 * @param limit at how many, or at how many percent of those that are done; 0 for never
 * @param isPercent which of the two
 */
record Halt(boolean now, Of of, int limit, boolean isPercent) {
    static final Halt NEVER = new Halt(false, Of.DONE, 0, false);

    private static final Pattern FORM = Pattern.compile("(now|soon),(fail|success|done)(?:=(\\d{1,9})(%?))?");
    /** A share of fewer says nothing; so has it GNU parallel. */
    private static final long LEAST_FOR_SHARE = 3;
    private static final int ALL = 100;

    /** What is counted. */
    enum Of {
        /** Those that failed. */
        FAIL,
        /** Those that did not. */
        SUCCESS,
        /** All. */
        DONE
    }

    /** Whether the run is to end. */
    boolean isReached(long failed, long succeeded) {
        long done = failed + succeeded;
        long count = switch (of) {
            case FAIL -> failed;
            case SUCCESS -> succeeded;
            case DONE -> done;
        };
        if (limit == 0) {
            return false;
        }
        return isPercent ? count >= LEAST_FOR_SHARE && count * ALL >= (long) limit * done : count >= limit;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<Halt> {
        @Override
        public Halt convert(String text) {
            if (text.equals("never")) {
                return NEVER;
            }
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is no condition: write now or soon, then fail, success "
                                + "or done, and how many, as in now,fail=1 or soon,fail=10%");
            }
            int limit = form.group(3) == null ? 1 : Integer.parseInt(form.group(3));
            boolean isPercent = "%".equals(form.group(4));
            if (limit < 1 || (isPercent && limit > ALL)) {
                throw new TypeConversionException("'" + text + "' counts to " + limit + ": it must be 1 or more"
                        + (isPercent ? ", 100% at most" : ""));
            }
            return new Halt(form.group(1).equals("now"), Of.valueOf(form.group(2).toUpperCase(Locale.ROOT)),
                    limit, isPercent);
        }
    }
}
