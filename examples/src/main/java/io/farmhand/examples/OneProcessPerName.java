package io.farmhand.examples;

import io.farmhand.JvmProcess;
import java.util.List;

/** How do I run something in a process of its own? {@code multiprocessing.Process} of the tutorials. */
public final class OneProcessPerName {
    private OneProcessPerName() {}

    /** Greets each name from a process of its own. */
    public static void main(String[] args) throws InterruptedException {
        for (String name : List.of("alice", "bob", "carol")) {
            JvmProcess process = JvmProcess.start(() -> greet(name)); // the argument is captured
            process.join();
            System.out.println("exit code: " + process.exitCode().getAsInt());
        }
    }

    private static void greet(String name) {
        boolean elsewhere = !JvmProcess.currentName().equals("MainProcess");
        System.out.println("hello " + name + ", from a process of its own: " + elsewhere);
    }
}
