package io.farmhand.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Results as lines of standard output, in UTF-8; failures are told elsewhere. */
public final class Lines implements Results {
    private static final byte[] NOTHING = {};

    private final OutputStream output;
    private final boolean quiet;
    private final boolean tagged;

    /**
     * Lines.
     *
     * @param output unbuffered
     * @param quiet whether there are none, since the method gives nothing
     * @param tagged whether each line of a result has its input before it, and a tab
     */
    public Lines(OutputStream output, boolean quiet, boolean tagged) {
        this.output = output;
        this.quiet = quiet;
        this.tagged = tagged;
    }

    @Override
    public boolean has(long index) {
        return true; // whoever has the log has the lines
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public byte[] row(Outcome outcome) {
        String value = outcome.value();
        if (quiet || value == null) {
            return NOTHING;
        }
        String text = value;
        if (tagged) {
            String tag = outcome.input().text() + "\t";
            text = tag + value.replace("\n", "\n" + tag);
        }
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void finish() throws IOException {
        output.flush();
    }
}
