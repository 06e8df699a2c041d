package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.sync.Queue;
import java.util.List;

/** How does a process send objects to another one? Through a queue. */
public final class QueueMessage {
    private QueueMessage() {}

    /** Lets a process put something in, and takes it out. */
    public static void main(String[] args) throws InterruptedException {
        try (Queue<List<Object>> queue = Queue.create()) {
            JvmProcess process = JvmProcess.start(() -> queue.put(List.of(42, "hello")));
            System.out.println(queue.take());
            process.join();
        }
    }
}
