package io.farmhand.internal.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Classes as bytes. */
class ClassBundleTest {
    private static ClassBundle bundle(String... names) {
        SortedMap<String, byte[]> classes = new TreeMap<>();
        for (String name : names) {
            classes.put(name, name.getBytes(StandardCharsets.UTF_8));
        }
        return new ClassBundle(7, classes);
    }

    @Test
    void comesBackAsItWas() throws Exception {
        ClassBundle bundle = bundle("b.B", "A", "b.Ünï$1");
        ClassBundle back = ClassBundle.decode(bundle.encode());
        assertThat(back.world()).isEqualTo(7);
        assertThat(back.classes()).containsOnlyKeys("A", "b.B", "b.Ünï$1");
        back.classes().forEach((name, bytes) -> assertThat(bytes).isEqualTo(bundle.classes().get(name)));
        assertThat(bundle.sizeBytes()).isEqualTo("b.BA".length() + "b.Ünï$1".length() + 2);
    }

    @Test
    void theSameClassesAreTheSameBytes() {
        assertThat(bundle("b.B", "A").encode()).isEqualTo(bundle("A", "b.B").encode())
                .isNotEqualTo(bundle("A").encode());
    }

    @Test
    void whatIsNoBundleIsRefused() {
        byte[] whole = bundle("A", "B").encode();
        Random random = new Random(1);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClassBundle.decode(cut)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> ClassBundle.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(IOException.class).hasMessageContaining("extraBytes=1");
        for (int i = 0; i < 10_000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                assertThat(ClassBundle.decode(damaged)).isNotNull();
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
    }
}
