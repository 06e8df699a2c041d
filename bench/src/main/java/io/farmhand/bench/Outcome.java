package io.farmhand.bench;

/**
 * What one side printed as its last line: its figure, the peak of its memory, and what its result was.
 *
 * @param value in the unit of the case
 * @param peakBytes of the process that called; 0 where that is unknown
 * @param digest the same for the same result, on all sides
 */
record Outcome(double value, long peakBytes, String digest) {
    private static final int PARTS = 3;

    static Outcome of(double value, String digest) {
        return new Outcome(value, Memory.peakBytes(), digest);
    }

    /** From the last line that was printed. */
    static Outcome parse(String printed) {
        String text = printed.strip();
        String[] parts = text.substring(text.lastIndexOf('\n') + 1).split(" ", PARTS);
        if (parts.length < PARTS) {
            throw new IllegalArgumentException("not a figure, a size and a digest: printed=\"" + text + "\"");
        }
        return new Outcome(Double.parseDouble(parts[0]), Long.parseLong(parts[1]), parts[2]);
    }

    @Override
    public String toString() {
        return value + " " + peakBytes + " " + digest;
    }
}
