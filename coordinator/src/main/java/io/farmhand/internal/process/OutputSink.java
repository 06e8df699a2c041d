package io.farmhand.internal.process;

/** Receives the lines that workers print; called on the threads that drain them. */
@FunctionalInterface
public interface OutputSink {
    /** One line, without its end. */
    void line(int worker, boolean stderr, String line);
}
