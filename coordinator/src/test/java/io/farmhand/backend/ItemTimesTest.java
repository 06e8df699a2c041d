package io.farmhand.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.proto.Results;
import io.farmhand.internal.wire.ItemTimesRecorder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ItemTimesTest {
    private static Results sent(long... nanos) {
        ItemTimesRecorder recorder = new ItemTimesRecorder();
        LongStream.of(nanos).forEach(recorder::add);
        assertThat(recorder.items()).isEqualTo(nanos.length);
        Results.Builder results = Results.newBuilder().setCount(nanos.length);
        recorder.moveTo(results);
        assertThat(recorder.items()).isZero();
        return results.build();
    }

    private static ItemTimes received(Results results) {
        return ItemTimes.of(results.getItemNanosList(), results.getTimedItemsList(), results.getCount());
    }

    private static List<Long> each(ItemTimes times, int count) {
        return IntStream.range(0, count).mapToObj(times::nanos).toList();
    }

    @Test
    void shortNeighboursHaveTheirMeanAndLongItemsTheirOwnTime() {
        Results results = sent(100, 300, 5_000, 7_000, 10, 20, 30);
        assertThat(results.getItemNanosList()).containsExactly(200L, 5_000L, 7_000L, 20L);
        assertThat(each(received(results), 7)).containsExactly(200L, 200L, 5_000L, 7_000L, 20L, 20L, 20L);
    }

    @Test
    void itemsThatEachHaveTheirTimeNeedNoCounts() {
        Results results = sent(5_000, 100, 7_000);
        assertThat(results.getTimedItemsCount()).isZero();
        assertThat(each(received(results), 3)).containsExactly(5_000L, 100L, 7_000L);
    }

    @Test
    void anySliceHasTheTimesOfItsItems() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 100; round++) {
            long[] nanos = random.longs(random.nextInt(1, 10), 0, 2L * ItemTimesRecorder.SHORT_NANOS).toArray();
            ItemTimes times = received(sent(nanos));
            List<Long> all = each(times, nanos.length);
            for (int from = 0; from < nanos.length; from++) {
                for (int to = from + 1; to <= nanos.length; to++) {
                    ItemTimes slice = times.slice(from, to);
                    assertThat(each(slice, to - from)).isEqualTo(all.subList(from, to));
                    assertThat(IntStream.range(0, slice.groups()).map(slice::count).sum()).isEqualTo(to - from);
                }
            }
        }
        assertThat(received(sent(1, 2)).slice(1, 1).isEmpty()).isTrue();
    }

    @Test
    void timesOfOtherItemsAreRefused() {
        Results.Builder two = Results.newBuilder().setCount(2);
        assertThat(received(two.build()).isEmpty()).isTrue();
        assertThat(each(received(two.clone().addItemNanos(5).addTimedItems(2).build()), 2)).containsExactly(5L, 5L);
        for (Results.Builder wrong : List.of(two.clone().addItemNanos(1),
                two.clone().addItemNanos(1).addItemNanos(2).addItemNanos(3),
                two.clone().addItemNanos(1).addTimedItems(3), two.clone().addItemNanos(1).addTimedItems(-1),
                two.clone().addItemNanos(1).addItemNanos(2).addTimedItems(2).addTimedItems(0),
                two.clone().addItemNanos(1).addTimedItems(1).addTimedItems(1), two.clone().addTimedItems(2),
                two.clone().addItemNanos(1).addItemNanos(1).addTimedItems(Integer.MAX_VALUE)
                        .addTimedItems(Integer.MAX_VALUE))) {
            Results results = wrong.build();
            assertThatThrownBy(() -> received(results)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
