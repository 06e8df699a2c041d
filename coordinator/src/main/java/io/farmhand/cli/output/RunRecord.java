package io.farmhand.cli.output;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a run: its results and, behind them, its log, so that the log never tells of a result that is not there. Owned by
 * the thread that has the outcomes.
 */
public final class RunRecord implements AutoCloseable {
    private final Results results;
    private final @Nullable JobLog log;
    private final @Nullable FileOutputStream logOutput;
    private final BatchWriter writer;
    private final int rowAt;
    private final int logAt;
    private final int parts;

    /** Hears, once, on another thread, that something cannot be written. */
    public interface OnFailure {
        /**
         * Something cannot be written.
         *
         * @param what for people
         */
        void failed(String what, IOException cause);
    }

    /**
     * Begins.
     *
     * @param resultsName what the results' output is called
     * @param log null for none
     * @param resume whether the log goes on
     * @throws IOException when the log cannot be written
     */
    public RunRecord(Results results, String resultsName, @Nullable JobLog log, boolean resume, OnFailure onFailure)
            throws IOException {
        this.results = results;
        this.log = log;
        List<OutputStream> outputs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        OutputStream rows = results.output();
        rowAt = rows == null ? -1 : 0;
        if (rows != null) {
            outputs.add(rows);
            names.add(resultsName);
        }
        logAt = log == null ? -1 : outputs.size();
        if (log == null) {
            logOutput = null;
        } else {
            logOutput = new FileOutputStream(log.file().toFile(), resume);
            logOutput.write(log.header());
            outputs.add(logOutput);
            names.add("'" + log.file() + "'");
        }
        parts = outputs.size();
        writer = new BatchWriter(outputs, (output, cause) -> onFailure.failed(names.get(output), cause));
    }

    /**
     * Keeps an outcome.
     *
     * @throws IOException when that fails at once; what fails later, the listener hears
     */
    public void add(Outcome outcome) throws IOException {
        byte[] row = results.row(outcome);
        byte[][] bytes = new byte[parts][0];
        if (rowAt >= 0) {
            bytes[rowAt] = row;
        }
        if (log != null) {
            bytes[logAt] = log.line(outcome);
        }
        writer.add(bytes);
    }

    /**
     * Waits until all is written.
     *
     * @param isWhole whether the run has come to its end: then the results get their last form
     * @throws IOException when that cannot be done
     */
    public void finish(boolean isWhole) throws IOException {
        if (writer.finish() && isWhole) {
            results.finish();
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        if (logOutput != null) {
            logOutput.close();
        }
        results.close();
    }
}
