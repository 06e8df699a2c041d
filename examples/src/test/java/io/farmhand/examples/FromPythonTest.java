package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FromPythonTest {
    @Test
    void showsEachCall() throws Exception {
        assertThat(Printed.by(() -> FromPython.main(new String[0])).lines().toList()).isEqualTo(expected());
    }

    private static List<String> expected() {
        Stream<String> first = """
                two workers: [1, 4, 9]
                initializer: db
                a worker for each core: true
                apply: 9
                map: [1, 4, 9]
                map in chunks: [1, 4, 9]
                starMap: [11, 22, 33]
                imap: [1, 4, 9]
                imap in chunks: [1, 4, 9]
                imapUnordered: [1, 4, 9]
                mapResults: [1, 4, 9]
                worker: true
                submit: 9
                get: 9
                done: true SUCCESS
                callback: 16
                callbacks: 25 null
                mapAsync: [1, 4, 9]
                mapAsync of pairs: [11, 22]
                cancel: true
                options: [[1, 4, 9]]
                executor: 9
                not begun: []
                Parallel: [1, 4, 9]
                """.lines();
        Stream<String> eachOption = Collections.nCopies(12, "each: [1, 4, 9]").stream();
        Stream<String> last = """
                GENERATOR: [1, 4, 9]
                GENERATOR_UNORDERED: [1, 4, 9]
                config: [1, 4, 9]
                partial: [2, 3, 4]
                shared: [1, 4, 9]
                resized: 3 3
                keepAlive: [1, 4, 9]
                state: db
                broadcast: [1, 2, 3]
                progress: [1, 4, 9]
                workers: 2
                insights: 7 false
                events: true
                """.lines();
        return Stream.of(first, eachOption, last).flatMap(lines -> lines).toList();
    }
}
