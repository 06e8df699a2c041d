package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.sync.Running.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for one of several things, after CPython's {@code TestWait}. */
@Timeout(120)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class WaitAnyTest {
    private static final Duration MOMENT = Duration.ofMillis(60);

    @Test
    void givesThoseThatAreReadyInTheirOrder() throws Exception {
        Pipe one = Pipe.open();
        Pipe two = Pipe.open();
        Pipe three = Pipe.open();
        List<Connection> ends = List.of(three.first(), two.first(), one.first());
        one.second().send(1);
        three.second().send(3);
        assertThat(Connection.waitAny(ends, null)).containsExactly(three.first(), one.first());
        assertThat(three.first().receive()).isEqualTo(3);
        assertThat(Connection.waitAny(ends, Duration.ZERO)).containsExactly(one.first());
    }

    @Test
    void givesNoneWhenTheTimeRunsOut() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection _ = pipe.second()) {
            long start = System.nanoTime();
            assertThat(Connection.waitAny(List.of(end), MOMENT)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(MOMENT);
            assertThat(Connection.waitAny(List.<Connection>of(), null)).isEmpty();
        }
    }

    @Test
    void wakesWhenSomethingComesAndWhenAnEndIsGone() throws Exception {
        Pipe one = Pipe.open();
        Pipe two = Pipe.open();
        List<Connection> ends = List.of(one.first(), two.first());
        Running<List<Connection>> waiting = Kind.PLATFORM.start(() -> Connection.waitAny(ends, null));
        Running.settle();
        two.second().send("x");
        assertThat(waiting.result()).containsExactly(two.first());
        assertThat(two.first().receive()).isEqualTo("x");
        Running<List<Connection>> again = Kind.VIRTUAL.start(() -> Connection.waitAny(ends, null));
        Running.settle();
        one.second().close();
        assertThat(again.result()).containsExactly(one.first());
    }

    @Test
    void waitsForThingsOfOtherKindsToo() throws Exception {
        Pipe pipe = Pipe.open();
        CompletableFuture<String> process = new CompletableFuture<>();
        Waitable other = process::copy;
        try (Connection end = pipe.first(); Connection _ = pipe.second()) {
            Running<List<Waitable>> waiting = Kind.PLATFORM
                    .start(() -> Connection.waitAny(List.<Waitable>of(end, other), null));
            Running.settle();
            assertThat(process.complete("ended")).isTrue();
            assertThat(waiting.result()).containsExactly(other);
        }
    }

    @Test
    void doesNotGiveWhatAnotherThreadHasTakenMeanwhile() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        java.util.Iterator<CompletableFuture<String>> answers = List.of(first, second, second).iterator();
        Waitable thing = answers::next;
        Running<List<Waitable>> waiting = Kind.PLATFORM.start(() -> Connection.waitAny(List.of(thing), null));
        assertThat(first.complete("came, and was taken")).isTrue();
        Running.settle();
        assertThat(waiting.isDone()).isFalse();
        assertThat(second.complete("came")).isTrue();
        assertThat(waiting.result()).containsExactly(thing);
    }

    @Test
    void waitsForFiveHundredPipesAtOnce() throws Exception {
        List<Pipe> pipes = java.util.stream.Stream.generate(() -> Pipe.open(false)).limit(500).toList();
        List<Connection> ends = pipes.stream().map(Pipe::first).toList();
        Running<List<Connection>> waiting = Kind.PLATFORM.start(() -> Connection.waitAny(ends, null));
        Running.settle();
        pipes.get(321).second().send("x");
        assertThat(waiting.result()).containsExactly(ends.get(321));
        for (Pipe pipe : pipes) {
            pipe.first().close();
            pipe.second().close();
        }
    }

    @Test
    void canBeInterruptedAndLetsGoOfWhatWaited() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            for (int i = 0; i < 50; i++) {
                Running<List<Connection>> waiting = Kind.alternate(i)
                        .start(() -> Connection.waitAny(List.of(end), null));
                if (i % 10 == 0) {
                    Running.settle();
                }
                waiting.interrupt();
                assertThatThrownBy(waiting::result).isInstanceOf(InterruptedException.class);
            }
            other.send("x");
            assertThat(end.receive()).isEqualTo("x");
        }
    }

    @Test
    void readerOfManyProcessesGetsAllTheyWrite() throws Exception {
        Pipe one = Pipe.open(false);
        Pipe two = Pipe.open(false);
        Connection first = one.second();
        Connection second = two.second();
        try (ChildJvm _ = ChildJvm.start(() -> count(first)); ChildJvm _ = ChildJvm.start(() -> count(second))) {
            List<Connection> open = new java.util.ArrayList<>(List.of(one.first(), two.first()));
            int received = 0;
            while (!open.isEmpty()) {
                for (Connection ready : Connection.waitAny(open, Duration.ofSeconds(50))) {
                    try {
                        assertThat(ready.receive()).isNotNull();
                        received++;
                    } catch (java.io.EOFException e) {
                        assertThat(open.remove(ready)).isTrue();
                    }
                }
            }
            assertThat(received).isEqualTo(200);
        }
    }

    private static void count(Connection end) throws Exception {
        for (int i = 0; i < 100; i++) {
            end.send(i);
        }
        end.close();
    }
}
