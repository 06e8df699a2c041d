package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelLoopTest {
    @Test
    void showsEachWay() throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ParallelLoop.main(new String[0]);
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).containsExactly(
                "processes  [0, 1, 7, 2, 5, 8, 16, 3, 19, 6]", "threads    [2, 4]", "generator  [0, 1, 7, 2, 5]",
                "config     [1, 2]", "partial    1.0");
    }
}
