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
                exit code: 0
                process: waiter true true
                children: true
                alive: true false
                terminated: -15
                killed: -9
                interrupted: 3
                exit: 4 false
                name: MainProcess
                managed: {a=1} [1, 2, 3] Bob 2 [4, 2, 3]
                own: 7
                connected: true
                received: [2.25, junk]
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
                cached: 9 true
                recomputed: 9
                shelved: 9
                cached in workers: [1, 4, 9]
                cached sum: 3
                ignored: 1 true
                memories: true
                mapped: 4000
                reduced: 2
                cleared: false
                shared: [1, 4, 9]
                resized: 3 3
                keepAlive: [1, 4, 9]
                state: db
                broadcast: [1, 2, 3]
                progress: [1, 4, 9]
                workers: 2
                insights: 7 false
                table: true
                bar: [1, 4, 9]
                events: true
                value: 3 13
                array: [100, 10, 20, 30]
                locked: 19
                arrays: 10 7 0 10
                structures: Point[x=3.0, y=2.0] Point[x=0.0, y=0.0]
                memory: 5 1000
                list: [howdy, 1.5, 101, true, null] 2 1
                lock: [1, 4, 9]
                barrier: 2 true
                tryLock: true false true
                semaphore: true 0
                semaphore: true 0
                event: false false
                await: false
                waitFor: true
                condition of a lock: true
                broken: true 0
                offer: true true true
                take: 7 7 7
                size: 1 false false
                poll: 7 null
                joinable: 7
                simple: 7
                poll: true true
                receive: got hello
                receiveBytes: 3
                receiveBytesInto: 5
                waitAny: 1
                end of file: true
                """.lines();
        return Stream.of(first, eachOption, last).flatMap(lines -> lines).toList();
    }
}
