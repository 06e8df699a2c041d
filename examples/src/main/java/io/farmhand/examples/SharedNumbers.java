package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.shared.SharedInt;
import io.farmhand.shared.SharedIntArray;
import java.util.Arrays;

/** How does a process change numbers that another one sees? Through shared memory. */
public final class SharedNumbers {
    private SharedNumbers() {}

    /** Lets a process change a value and an array. */
    public static void main(String[] args) throws InterruptedException {
        try (SharedInt number = SharedInt.create(10); SharedIntArray array = SharedIntArray.of(0, 1, 2, 3)) {
            JvmProcess process = JvmProcess.start(() -> {
                int _ = number.addAndGet(1);
                array.set(0, 100);
            });
            process.join();
            System.out.println(number.get());
            System.out.println(Arrays.toString(array.toArray()));
        }
    }
}
