package io.farmhand;

import io.farmhand.internal.observe.Terminal;

/**
 * Receives what workers print, line by line. It is called on the threads that drain the workers' streams, several at
 * once; while it does not return, the worker that printed may have to wait.
 */
@FunctionalInterface
public interface WorkerOutput {
    /**
     * Takes one line.
     *
     * @param worker the worker's number, from 0
     * @param stderr whether it came on standard error
     * @param line the line without its end; a line of more than 8 KiB comes in parts
     */
    void line(int worker, boolean stderr, String line);

    /**
     * Prints lines on this process's own streams, each with the worker's number before it. On a terminal lines keep their
     * colours, and what else controls one is left out.
     */
    static WorkerOutput inherit() {
        return (worker, stderr, line) -> (stderr ? System.err : System.out)
                .println(Terminal.ofWorker(worker, line));
    }
}
