package io.farmhand.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.LocalPlace;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.sync.QueueStore.Item;
import io.farmhand.internal.sync.QueueStore.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store as several processes see it, in one JVM: what is left of those that end. */
@Timeout(60)
@NullUnmarked
class QueueStoreTest {
    private static final Caller DEAD = new Caller(5, 1);
    private static final Caller OTHER = new Caller(6, 1);

    private final LocalPlace place = new LocalPlace(QueueStore.SIZE_BYTES);
    private final QueueStore store = new QueueStore(place, true);

    QueueStoreTest() {
        QueueStore.capacity(place, 10);
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length);
    }

    private int take() throws IOException {
        try (Scratch scratch = Scratch.take()) {
            ByteBuffer bytes = store.poll(scratch, false, false);
            return bytes == null ? -1 : bytes.remaining();
        }
    }

    @Test
    void aDraftOfOneThatEndedIsSwept() throws IOException {
        Item draft = DEAD.call(() -> store.prepare(bytes(1 << 20)));
        store.partyLeft(DEAD.slot());
        assertThatThrownBy(() -> DEAD.call(() -> store.offer(draft, false, false))).isInstanceOf(IOException.class);
        assertThat(store.count()).isZero();
        assertThat(store.offer(store.prepare(bytes(1 << 20)), false, false)).isTrue();
        assertThat(take()).isEqualTo(1 << 20);
    }

    @Test
    void aDraftOfAnotherStaysWhenOneEnds() throws IOException {
        Item draft = OTHER.call(() -> store.prepare(bytes(1 << 20)));
        store.partyLeft(DEAD.slot());
        assertThat(OTHER.call(() -> store.offer(draft, false, false))).isTrue();
        assertThat(take()).isEqualTo(1 << 20);
    }

    @Test
    void whatOneHadTakenThatEndedIsLostOnceHoweverOftenItIsSwept() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(store.offer(new Item(bytes(8), -1), false, false)).isTrue();
        }
        assertThat(DEAD.call(this::take)).isEqualTo(8);
        assertThat(DEAD.call(this::take)).isEqualTo(8);
        assertThat(OTHER.call(this::take)).isEqualTo(8);
        store.partyLeft(DEAD.slot());
        store.partyLeft(DEAD.slot());
        assertThat(store.progress(0)).isEqualTo(new Progress(1, 2));
        assertThat(store.told()).isEqualTo(2);
    }

    @Test
    void theSweepOfOneWaitsForThatOfAnotherThatHeldTheGuard() throws InterruptedException {
        var _ = DEAD.call(() -> place.lock(Place.HEADER_BYTES).acquire());
        AtomicBoolean swept = new AtomicBoolean();
        Thread sweep = Thread.ofPlatform().daemon().start(() -> {
            store.partyLeft(OTHER.slot());
            swept.set(true);
        });
        assertThat(sweep.join(java.time.Duration.ofMillis(60))).isFalse();
        store.partyLeft(DEAD.slot());
        assertThat(sweep.join(java.time.Duration.ofNanos(TimeUnit.SECONDS.toNanos(50)))).isTrue();
        assertThat(swept).isTrue();
        assertThat(store.count()).isZero();
    }

    @Test
    void aConsumerThatIsWokenAndFailsPassesTheWakeUpOn() throws IOException {
        assertThat(store.offer(store.prepare(bytes(1 << 20)), false, false)).isTrue();
        place.parts().delete(1); // as if it could not be mapped
        int rung = store.items().count();
        try (Scratch scratch = Scratch.take()) {
            assertThatThrownBy(() -> store.poll(scratch, true, false)).isInstanceOf(IOException.class);
        }
        assertThat(store.items().count()).isGreaterThan(rung);
    }

    @Test
    void aProducerThatIsWokenAndFailsPassesTheWakeUpOn() throws IOException {
        Item item = store.prepare(bytes(1 << 20));
        place.parts().deleteDraft(place.slot(), item.draft());
        int rung = store.room().count();
        assertThatThrownBy(() -> store.offer(item, true, false)).isInstanceOf(IOException.class);
        assertThat(store.room().count()).isGreaterThan(rung);
    }
}
