package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
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
                new byte[]{2, 0, 0, 0, 1}, new byte[]{-1, -1, -1, 127, 1})) {
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
