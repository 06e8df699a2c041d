package io.farmhand.bench;

import java.util.Locale;

/** What a figure counts, and whether more of it is better. */
enum Unit {
    /** Of wall time, or of CPU time where the case says so. */
    SECONDS(false) {
        @Override
        String text(double value) {
            if (value < 1e-6) {
                return number(value * 1e9) + " ns";
            }
            if (value < 1e-3) {
                return number(value * 1e6) + " µs";
            }
            return value < 1 ? number(value * 1e3) + " ms" : number(value) + " s";
        }
    },
    /** Results that came back. */
    ITEMS_PER_SECOND(true) {
        @Override
        String text(double value) {
            return number(value / 1e3) + " thousand/s";
        }
    },
    /** Payload, without what is added for the journey. */
    BYTES_PER_SECOND(true) {
        @Override
        String text(double value) {
            return number(value / 1e9) + " GB/s";
        }
    },
    /** Resident memory. */
    BYTES(false) {
        @Override
        String text(double value) {
            return number(value / 1e6) + " MB";
        }
    };

    private final boolean moreIsBetter;

    Unit(boolean moreIsBetter) {
        this.moreIsBetter = moreIsBetter;
    }

    /** A figure for people. */
    abstract String text(double value);

    /** How many times as good our figure is as a peer's. */
    double timesAsGood(double our, double peer) {
        return moreIsBetter ? our / peer : peer / our;
    }

    /** Three digits: the rest is noise. */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
