package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of one feature each print what they say. */
@Timeout(120)
class FeatureExamplesTest {
    private static final String[] NONE = {};

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void prints(String name, Printed.Code main, String expected) throws Exception {
        assertThat(Printed.by(main)).isEqualTo(expected);
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                example("Deadlines", () -> Deadlines.main(NONE), """
                        0: 10
                        1: TIMEOUT, TaskTimeoutException
                        2: CRASH, WorkerCrashedException
                        3: 40
                        """),
                example("Retries", () -> Retries.main(NONE), """
                        [page a at attempt 3, page b at attempt 3, page c at attempt 3]
                        the server is busy
                        """),
                example("WorkerState", () -> WorkerState.main(NONE), """
                        [uno, due, tre]
                        workers counted: true
                        """),
                example("SharedPool", () -> SharedPool.main(NONE), """
                        [1, 3, 6]
                        [10, 15, 21]
                        workers: 3
                        42
                        """),
                example("AsExecutor", () -> AsExecutor.main(NONE), """
                        [1, 4, 9]
                        42
                        """),
                example("Gathering", () -> Gathering.main(NONE), """
                        [27, 54, 55, 73, 82]
                        [1, 2, 3, 6, 1, 2, 4, 7, 14, 28]
                        """),
                example("BigConstant", () -> BigConstant.main(NONE), """
                        [4, 168, 78498]
                        [false, true]
                        """),
                example("CachedResults", () -> CachedResults.main(NONE), """
                        6171
                        kept: true
                        [871, 6171, 77031]
                        from disk: 871
                        verbose or not: true
                        the tenth prime: 29
                        results dropped: 3
                        kept: false
                        """),
                example("ShowProgress", () -> ShowProgress.main(NONE), """
                        1000 numbers, the longest sequence has 178 steps
                        [0, 1, 7, 2, 5]
                        """),
                example("RandomNumbers", () -> RandomNumbers.main(NONE), """
                        about pi: true
                        the same with three workers: true
                        the same with another seed: false
                        """));
    }

    private static Arguments example(String name, Printed.Code main, String expected) {
        return Arguments.of(name, main, expected);
    }
}
