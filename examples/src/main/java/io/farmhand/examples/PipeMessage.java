package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Pipe;
import java.io.IOException;
import java.util.List;

/** How do two processes talk to each other? Over a pipe: each has one end. */
public final class PipeMessage {
    private PipeMessage() {}

    private static void answer(Connection connection) throws IOException, InterruptedException {
        String question = connection.receive(String.class);
        connection.send(List.of(42, question));
        connection.close();
    }

    /** Asks a process something and receives its answer. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Pipe pipe = Pipe.open();
        Connection theirs = pipe.second();
        JvmProcess process = JvmProcess.start(() -> answer(theirs));
        try (Connection mine = pipe.first()) {
            mine.send("hello");
            System.out.println(mine.receive());
        }
        process.join();
    }
}
