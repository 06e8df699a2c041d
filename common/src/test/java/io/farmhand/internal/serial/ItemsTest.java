package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // Nulls are values here.
class ItemsTest {
    private static ByteBuffer block(Object... values) throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        for (Object value : values) {
            writer.writeItem(value);
        }
        return out.detach();
    }

    private static List<Object> values(ByteBuffer block) throws Exception {
        List<Object> values = new ArrayList<>();
        for (Items.Cursor cursor = Items.cursor(block); cursor.hasNext();) {
            values.add(Codec.FILTERING.read(cursor.next()));
        }
        return values;
    }

    @Test
    void itemsAreWalkedCountedAndCutWithoutMovingTheBuffer() throws Exception {
        ByteBuffer block = block(1, "two", null, 4.0);
        assertThat(values(block)).containsExactly(1, "two", null, 4.0);
        assertThat(Items.count(block)).isEqualTo(4);
        assertThat(values(Items.slice(block, 1, 2))).containsExactly("two", null);
        assertThat(values(Items.slice(block, 4, 0))).isEmpty();
        assertThat(block.position()).isZero();
        assertThat(values(Items.slice(Items.slice(block, 1, 3), 2, 1))).containsExactly(4.0);
    }

    @Test
    void anyCutOfAnyBlockHoldsTheItemsOfThatCut() throws Exception {
        RandomGenerator random = new SplittableRandom(1);
        Object[] kinds = {7, -1, 8L, 1L << 40, 0.5, Double.NaN, "text", null, 'c', List.of(1, 2)};
        for (int round = 0; round < 200; round++) {
            Object[] all = new Object[random.nextInt(12)];
            for (int i = 0; i < all.length; i++) {
                // Neighbours are often of one kind, as runs are made of.
                all[i] = i > 0 && random.nextInt(3) > 0 ? all[i - 1] : kinds[random.nextInt(kinds.length)];
            }
            ByteBuffer block = block(all);
            assertThat(Items.count(block)).isEqualTo(all.length);
            for (int from = 0; from <= all.length; from++) {
                for (int to = from; to <= all.length; to++) {
                    ByteBuffer cut = Items.slice(block, from, to - from);
                    assertThat(values(cut)).isEqualTo(Arrays.asList(all).subList(from, to));
                    assertThat(Items.count(cut)).isEqualTo(to - from);
                }
            }
        }
    }

    @Test
    void numbersOfOneKindTakeNoMoreRoomThanTheyHave() throws Exception {
        assertThat(block(1, 2, 3).remaining()).isEqualTo(5 + 3 * 4);
        assertThat(block(1, 2L, 3).remaining()).isEqualTo(9 + 13 + 9);
    }

    @Test
    void whatIsAppendedJoinsTheRunBeforeIt() throws Exception {
        PayloadBuffer all = new PayloadBuffer();
        PayloadBuffer item = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(item, 1 << 20);
        Object[] values = {1, 2, "three", 4, 5, 6.0, 7.0, 8};
        for (Object value : values) {
            writer.writeItem(value);
            all.append(item);
            item.truncate(0);
        }
        writer.writeItem(9);
        writer.writeItem(10);
        all.append(item);
        ByteBuffer block = all.detach();
        assertThat(values(block)).containsExactly(1, 2, "three", 4, 5, 6.0, 7.0, 8, 9, 10);
        assertThat(block.remaining()).isEqualTo(block(1, 2, "three", 4, 5, 6.0, 7.0, 8, 9, 10).remaining());
    }

    @Test
    void aRunEndsWhereABufferIsCutShort() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        writer.writeItem(1);
        int first = out.size();
        writer.writeItem("two");
        out.truncate(first);
        writer.writeItem(3);
        assertThat(values(out.view())).containsExactly(1, 3);
        out.truncate(0);
        writer.writeItem(4);
        assertThat(values(out.detach())).containsExactly(4);
        writer.writeItem(5);
        assertThat(values(out.detach())).containsExactly(5);
    }

    @Test
    void aFailureIsToldFromAValue() throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        writer.writeFailure("boom".getBytes(StandardCharsets.UTF_8));
        writer.writeItem("boom");
        Items.Cursor cursor = Items.cursor(out.detach());
        ByteBuffer failure = cursor.next();
        ByteBuffer value = cursor.next();
        assertThat(Items.isFailure(failure)).isTrue();
        assertThat(StandardCharsets.UTF_8.decode(Items.failureBody(failure)).toString()).isEqualTo("boom");
        assertThat(Items.isFailure(value)).isFalse();
        assertThatThrownBy(() -> Items.failureBody(value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Codec.TRUSTING.read(failure)).isInstanceOf(UnreadableValueException.class);
        assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void wrongLengthsAreRefused() throws Exception {
        for (byte[] bytes : List.of(new byte[]{1, 0, 0}, new byte[]{-1, -1, -1, -1, 1}, new byte[]{0, 0, 0, 0},
                new byte[]{2, 0, 0, 0, 1}, new byte[]{-1, -1, -1, 127, 1}, new byte[]{-1, -1, -1, -1, Tag.INT, 1, 2, 3},
                new byte[]{0, 0, 0, -128, Tag.INT, 1, 2, 3, 4}, new byte[]{-1, -1, -1, -1, Tag.NULL},
                new byte[]{-1, -1, -1, -1, Tag.JDK, 1, 2, 3, 4})) {
            ByteBuffer block = Codec.over(bytes);
            assertThatThrownBy(() -> Items.count(block)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("malformed block");
            assertThatThrownBy(() -> Items.slice(block, 0, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Items.cursor(block).next()).isInstanceOf(IllegalArgumentException.class);
        }
        ByteBuffer one = block(1);
        assertThatThrownBy(() -> Items.slice(one, 0, 2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing=1");
        assertThatThrownBy(() -> Items.slice(one, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
