package io.farmhand.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.sync.HandleClosedException;
import io.farmhand.testing.ChildJvm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After the behaviours of CPython's {@code _TestSharedMemory.test_shared_memory_ShareableList_*}. */
@NullUnmarked
@Timeout(120)
class ShareableListTest {
    private static final int TEXT_LENGTH = 20_000;

    private static ShareableList basic() {
        return ShareableList.of("howdy", new byte[]{'H', 'o'}, -273.154, 100L, null, true, 42);
    }

    @Test
    void itemsComeBackWithTheirTypes() {
        ShareableList list = basic();
        assertThat(list).hasSize(7);
        assertThat(list.get(0)).isEqualTo("howdy");
        assertThat(list.get(1)).isEqualTo(new byte[]{'H', 'o'});
        assertThat(list.subList(2, 7)).isEqualTo(Arrays.asList(-273.154, 100L, null, true, 42));
    }

    @Test
    void extremesComeBackAsTheyWere() {
        List<Object> items = List.of(Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, -1, Double.NaN,
                Double.MIN_VALUE, -0.0, false, "", "\0", "trailing\0\0", "grüße 😀", "12345678");
        assertThat(ShareableList.of(items.toArray())).isEqualTo(items);
    }

    @Test
    void anItemCanBecomeOneOfAnotherType() {
        ShareableList list = basic();
        assertThat(list.set(3, 1.5)).isEqualTo(100L);
        assertThat(list.set(0, null)).isEqualTo("howdy");
        assertThat(list.set(4, "some")).isNull();
        assertThat(list.set(5, false)).isEqualTo(true);
        assertThat(list.subList(2, 7)).isEqualTo(Arrays.asList(-273.154, 1.5, "some", false, 42));
        assertThat(list.get(0)).isNull();
    }

    @Test
    void anItemThatIsTooLongForItsSlotIsRefusedAndTheOldOneStays() {
        ShareableList list = ShareableList.of("12345", "12345678", 5);
        assertThat(List.of(list.slotBytes(0), list.slotBytes(1), list.slotBytes(2))).containsExactly(8, 16, 8);
        assertThat(list.set(0, "abcdefgh")).isEqualTo("12345");
        assertThatThrownBy(() -> list.set(0, "abcdefghi")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index=0").hasMessageContaining("itemBytes=9")
                .hasMessageContaining("slotBytes=8");
        assertThatThrownBy(() -> list.set(2, new byte[9])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.set(0, "äöüäö")).as("bytes count, not characters")
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(list).containsExactly("abcdefgh", "12345678", 5);
    }

    @Test
    void slotsCanBeMadeLarger() {
        ShareableList list = ShareableList.copyOf(Collections.nCopies(3, null), 100);
        assertThat(list.slotBytes(2)).isEqualTo(104);
        list.set(2, "x".repeat(104));
        assertThat(list).containsExactly(null, null, "x".repeat(104));
    }

    @Test
    void anItemOfAnotherTypeIsRefused() {
        assertThatThrownBy(() -> ShareableList.of(1, List.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.util");
        assertThatThrownBy(() -> ShareableList.of(1).set(0, 'c')).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Character");
    }

    @Test
    void anIndexOutsideIsAnError() {
        ShareableList list = basic();
        assertThatThrownBy(() -> list.get(7)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.set(7, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void itsLengthIsFixed() {
        ShareableList list = basic();
        assertThatThrownBy(() -> list.add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void itemsAreFoundAndCounted() {
        ShareableList list = ShareableList.of(1, "a", 1, null, new byte[]{1}, 1L);
        assertThat(list.count(1)).isEqualTo(2);
        assertThat(list.count(null)).isEqualTo(1);
        assertThat(list.count(2)).isZero();
        assertThat(list.indexOf("a")).isEqualTo(1);
        assertThat(list.indexOf(new byte[]{1})).isEqualTo(4);
        assertThat(list.indexOf("b")).isEqualTo(-1);
        assertThat(list.contains(1L)).isTrue();
    }

    @Test
    void anEmptyListIsOne() {
        assertThat(ShareableList.of()).isEmpty();
    }

    @Test
    void whoAttachesByNameSeesAndMakesChanges() throws InterruptedException {
        ShareableList list = basic();
        String name = list.name();
        assertThat(ChildJvm.run(() -> {
            ShareableList attached = ShareableList.open(name);
            System.out.println(attached.get(0) + " " + attached.size());
            attached.set(0, "hi");
        })).containsExactly("howdy 7");
        assertThat(list.get(0)).isEqualTo("hi");
    }

    @Test
    void handlesToOneListAreOneObject() {
        ShareableList list = basic();
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(list))).isSameAs(list);
        assertThat(ShareableList.open(list.name())).isSameAs(list);
    }

    @Test
    void anAccessAfterTheCloseIsAnError() {
        ShareableList list = basic();
        String name = list.name();
        list.close();
        assertThat(list.isClosed()).isTrue();
        assertThatThrownBy(() -> list.get(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> list.set(0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ShareableList.open(name)).isInstanceOf(HandleClosedException.class);
    }

    @Test
    void readersSeeWholeItemsOnlyWhileOthersWrite() throws InterruptedException {
        ShareableList list = ShareableList.of(text('a'));
        try (ChildJvm one = writer(list, 1, 20_000); ChildJvm two = writer(list, 2, 20_000)) {
            assertThat(one.awaitLine() + two.awaitLine()).isEqualTo("writeswrites");
            for (int i = 0; i < 20_000; i++) {
                assertWhole(list);
            }
            one.awaitSuccess();
            two.awaitSuccess();
        }
    }

    @Test
    void aWriterThatIsKilledLeavesAWholeItemAndTheListUsable() throws InterruptedException {
        ShareableList list = ShareableList.of(text('a'));
        Random random = new Random(4);
        for (int round = 0; round < 8; round++) {
            try (ChildJvm writer = writer(list, round, Integer.MAX_VALUE)) {
                assertThat(writer.awaitLine()).isEqualTo("writes");
                for (int i = 0; i < random.nextInt(2_000); i++) {
                    assertWhole(list);
                }
                writer.kill();
                assertWhole(list);
                String next = text((char) ('b' + round));
                list.set(0, next);
                assertThat(list.get(0)).isEqualTo(next);
            }
        }
    }

    private static ChildJvm writer(ShareableList list, int seed, int times) {
        return ChildJvm.start(() -> {
            Random random = new Random(seed);
            List<String> texts = new ArrayList<>();
            for (char c = 'a'; c <= 'z'; c++) {
                texts.add(text(c));
            }
            System.out.println("writes");
            for (int i = 0; i < times; i++) {
                list.set(0, texts.get(random.nextInt(texts.size())));
            }
        });
    }

    /** Of one letter; those of different letters differ in length, too. */
    private static String text(char letter) {
        return Character.toString(letter).repeat(TEXT_LENGTH - letter);
    }

    private static void assertWhole(ShareableList list) {
        String text = (String) list.get(0);
        char letter = text.charAt(0);
        assertThat(text.length()).isEqualTo(TEXT_LENGTH - letter);
        assertThat(text.chars().allMatch(c -> c == letter)).isTrue();
    }
}
