package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all handles have in common. */
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry") // that is what is tested
@Timeout(120)
class HandleTest {
    @ParameterizedTest
    @EnumSource
    void closingWakesThreadsThatWait(Primitive primitive) throws Exception {
        Handle handle = primitive.make();
        Running<Void> platform = Running.Kind.PLATFORM.start(() -> waitOn(primitive, handle));
        Running<Void> virtual = Running.Kind.VIRTUAL.start(() -> waitOn(primitive, handle));
        Running.settle();
        handle.close();
        assertThatThrownBy(platform::result).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(virtual::result).isInstanceOf(HandleClosedException.class);
        assertThat(handle.isClosed()).isTrue();
        assertThatThrownBy(() -> primitive.waitOn(handle)).isInstanceOf(HandleClosedException.class);
    }

    private static Void waitOn(Primitive primitive, Handle handle) throws Exception {
        primitive.waitOn(handle);
        return null;
    }

    @ParameterizedTest
    @EnumSource
    void closingWakesAProcessThatWaits(Primitive primitive) throws Exception {
        Handle handle = primitive.make();
        try (ChildJvm child = ChildJvm.start(() -> {
            ChildJvm.say("waits");
            try {
                primitive.waitOn(handle);
            } catch (HandleClosedException e) {
                ChildJvm.say("closed " + handle.isClosed());
            }
        })) {
            child.expect("waits");
            Running.settle();
            handle.close();
            child.expect("closed true");
            assertThat(child.exit()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfItsMakerWakesThoseWhoWait(Primitive primitive) throws Exception {
        try (ChildJvm maker = ChildJvm.start(() -> ChildJvm.sayAndStay(Copies.text(primitive.make())))) {
            Handle handle = Copies.read(maker.line());
            Running<Void> platform = Running.Kind.PLATFORM.start(() -> waitOn(primitive, handle));
            Running<Void> virtual = Running.Kind.VIRTUAL.start(() -> waitOn(primitive, handle));
            Running.settle();
            assertThat(platform.isDone()).isFalse();
            handle.close(); // does nothing here
            assertThat(handle.isClosed()).isFalse();
            maker.kill();
            assertThatThrownBy(platform::result).isInstanceOf(HandleClosedException.class)
                    .hasMessageContaining("ended");
            assertThatThrownBy(virtual::result).isInstanceOf(HandleClosedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoCopiesInOneProcessAreOneObject(Primitive primitive) throws Exception {
        try (Handle handle = primitive.make();
                ChildJvm maker = ChildJvm.start(() -> ChildJvm.sayAndStay(Copies.text(primitive.make())))) {
            assertThat(Copies.copy(handle)).isSameAs(handle);
            String text = maker.line();
            Handle first = Copies.read(text);
            Handle second = Copies.read(text);
            assertThat(second).isSameAs(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thousandsMadeAndClosedLeaveNothing(Primitive primitive) throws Exception {
        primitive.make().close();
        System.gc();
        long files = files(Home.here().directory());
        long descriptors = files(Path.of("/proc/self/fd"));
        for (int i = 0; i < 2_000; i++) {
            primitive.make().close();
        }
        assertThat(files(Home.here().directory())).isLessThanOrEqualTo(files);
        assertThat(files(Path.of("/proc/self/fd"))).isLessThan(descriptors + 20);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDroppedWithoutCloseIsGivenBack(Primitive primitive) throws Exception {
        for (int i = 0; i < 300; i++) {
            Handle _ = primitive.make();
        }
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (files(Home.here().directory()) > 100 && System.nanoTime() < deadline) {
            System.gc();
            Running.settle();
        }
        assertThat(files(Home.here().directory())).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void aHandleThatTravelledIsKeptForItsUsers(Primitive primitive) throws Exception {
        String text = Copies.text(primitive.make());
        for (int i = 0; i < 5; i++) {
            System.gc();
            Running.settle();
        }
        try (Handle handle = Copies.read(text)) {
            assertThat(handle.isClosed()).isFalse();
            if (handle instanceof Condition condition) {
                condition.lock().lock();
                condition.signal();
                condition.lock().unlock();
                condition.lock().close();
            }
        }
    }

    private static long files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
