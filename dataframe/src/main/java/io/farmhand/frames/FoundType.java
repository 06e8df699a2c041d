package io.farmhand.frames;

/** What the cells of a column look like so far, or in one part of a file. */
enum FoundType {
    /** All are missing. */
    MISSING,
    /** All are whole numbers. */
    WHOLE,
    /** All are whole numbers or missing. */
    WHOLE_OR_MISSING,
    /** All are whole numbers or missing, and some do not fit a long. */
    LARGE,
    /** All are numbers or missing, and some are not whole. */
    NUMBER,
    /** All are true, false or missing. */
    BOOLEAN,
    /** None of these. */
    TEXT;

    /** What cells are together of which some look like this and others like that; the order does not matter. */
    FoundType and(FoundType other) {
        if (this == other) {
            return this;
        }
        if (this == MISSING) {
            return other == WHOLE ? WHOLE_OR_MISSING : other;
        }
        if (other == MISSING) {
            return other.and(this);
        }
        return isNumeric() && other.isNumeric() ? (compareTo(other) > 0 ? this : other) : TEXT;
    }

    /** Whether it is one of the three kinds of whole numbers, or of all numbers. */
    boolean isNumeric() {
        return this == WHOLE || this == WHOLE_OR_MISSING || this == LARGE || this == NUMBER;
    }
}
