package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestEvent} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@Timeout(120)
class EventTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void isSetUntilItIsCleared() throws Exception {
        try (Event event = Event.create()) {
            assertThat(event.isSet()).isFalse();
            assertThat(event.await(Duration.ZERO)).isFalse();
            event.set();
            event.set();
            assertThat(event.isSet()).isTrue();
            event.await();
            assertThat(event.await(Duration.ZERO)).isTrue();
            event.clear();
            event.clear();
            assertThat(event.isSet()).isFalse();
            assertThat(event.await(Duration.ofMillis(1))).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForItsTimeAndNoLonger(Running.Kind kind) throws Exception {
        try (Event event = Event.create()) {
            long start = System.nanoTime();
            assertThat(kind.start(() -> event.await(Duration.ofMillis(100))).result()).isFalse();
            assertThat(System.nanoTime() - start).isBetween(100_000_000L, 10_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWait(Running.Kind kind) throws Exception {
        try (Event event = Event.create()) {
            Running<Boolean> waiter = kind.start(() -> event.await(LONG));
            Running.settle();
            waiter.interrupt();
            assertThatThrownBy(waiter::result).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void anotherProcessSetsIt() throws Exception {
        try (Event event = Event.create(); ChildJvm child = ChildJvm.start(event::set)) {
            assertThat(event.await(LONG)).isTrue();
            assertThat(child.exit()).isZero();
        }
    }

    @Test
    void allWhoWaitGoOnThoughItIsClearedAtOnce() throws Exception {
        try (Event event = Event.create(); ChildJvm child = ChildJvm.start(() -> {
            ChildJvm.say("waits");
            event.await();
            ChildJvm.say("goes on");
        })) {
            List<Running<Boolean>> waiters = new ArrayList<>();
            for (Running.Kind kind : Running.Kind.values()) {
                for (int i = 0; i < 4; i++) {
                    waiters.add(kind.start(() -> event.await(LONG)));
                }
            }
            child.expect("waits");
            Running.settle();
            Running.settle();
            event.set();
            event.clear();
            for (Running<Boolean> waiter : waiters) {
                assertThat(waiter.result()).isTrue();
            }
            child.expect("goes on");
            assertThat(event.isSet()).isFalse();
        }
    }

    @Test
    void staysSetWhenTheProcessThatSetItWasKilled() throws Exception {
        try (Event event = Event.create(); ChildJvm child = ChildJvm.start(() -> {
            event.set();
            ChildJvm.sayAndStay("set");
        })) {
            child.expect("set");
            child.kill();
            assertThat(event.await(LONG)).isTrue();
        }
    }
}
