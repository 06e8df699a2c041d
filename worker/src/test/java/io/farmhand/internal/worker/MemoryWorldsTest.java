package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.ClassBundle;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which loader the classes of a bundle get. */
@NullUnmarked
@Timeout(60)
class MemoryWorldsTest {
    private final Map<String, ByteBuffer> there = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final BlobCache blobs = new BlobCache(this::answer);

    private void answer(String note) {
        asked.add(note);
        ByteBuffer bytes = there.get(note);
        if (bytes == null) {
            blobs.missing(note);
        } else {
            blobs.arrived(note, bytes.duplicate(), () -> {});
        }
    }

    private void put(String note, long world, String... classesAndContents) throws Exception {
        TreeMap<String, byte[]> classes = new TreeMap<>();
        for (int i = 0; i < classesAndContents.length; i += 2) {
            classes.put(classesAndContents[i], classesAndContents[i + 1].getBytes(
                    StandardCharsets.UTF_8));
        }
        PayloadBuffer encoded = new PayloadBuffer();
        new ValueWriter(encoded, 1 << 20).writeValue(new ClassBundle(world, classes).encode());
        there.put(note, encoded.detach());
    }

    @Test
    void asksOnceAndGivesTheSameLoader() throws Exception {
        put("one", 1, "A", "a", "B", "b");
        ClassLoader loader = blobs.loader("one");
        assertThat(blobs.loader("one")).isSameAs(loader);
        assertThat(asked).containsExactly("one");
        assertThat(loader.getResource("B.class")).isNotNull();
    }

    @Test
    void bundlesThatAgreeShareALoader() throws Exception {
        put("one", 1, "A", "a");
        put("two", 1, "A", "a", "B", "b");
        put("three", 1, "C", "c");
        ClassLoader loader = blobs.loader("one");
        assertThat(blobs.loader("two")).isSameAs(loader);
        assertThat(blobs.loader("three")).isSameAs(loader);
        assertThat(loader.getResource("C.class")).isNotNull();
    }

    @Test
    void aChangedClassBeginsAnew() throws Exception {
        put("one", 1, "A", "a", "B", "b");
        put("two", 1, "A", "changed");
        put("three", 1, "B", "b");
        ClassLoader first = blobs.loader("one");
        ClassLoader second = blobs.loader("two");
        assertThat(second).isNotSameAs(first);
        assertThat(blobs.loader("three")).as("with the newest").isSameAs(second);
        assertThat(blobs.loader("one")).as("while it is in use").isSameAs(first);
    }

    @Test
    void loadersOfTheCoordinatorDoNotMix() throws Exception {
        put("one", 1, "A", "a");
        put("two", 2, "A", "a");
        assertThat(blobs.loader("one")).isNotSameAs(blobs.loader("two"));
    }

    @Test
    void whatNobodyUsesAnyMoreCanBeCollected() throws Exception {
        put("one", 1, "A", "a");
        put("two", 1, "A", "changed");
        WeakReference<ClassLoader> first = new WeakReference<>(blobs.loader("one"));
        blobs.loader("two");
        for (int i = 0; i < 50 && first.get() != null; i++) {
            System.gc();
        }
        assertThat(first.get()).isNull();
        assertThat(blobs.loader("one")).as("if it comes again").isNotNull();
        assertThat(asked).containsExactly("one", "two", "one");
    }

    @Test
    void aBundleThatIsGoneIsToldAndAskedForAgain() throws Exception {
        assertThatThrownBy(() -> blobs.loader("one")).isInstanceOf(IOException.class)
                .hasMessageContaining("sha256=one").hasMessageContaining("is over");
        put("one", 1, "A", "a");
        assertThat(blobs.loader("one")).isNotNull();
    }

    @Test
    void whatIsNoBundleIsRefused() throws Exception {
        PayloadBuffer encoded = new PayloadBuffer();
        new ValueWriter(encoded, 1 << 20).writeValue("a string");
        there.put("one", encoded.detach());
        assertThatThrownBy(() -> blobs.loader("one")).isInstanceOf(IOException.class)
                .hasMessageContaining("no classes");
    }

    @Test
    void anInterruptDoesNotCostTheClasses() throws Exception {
        put("one", 1, "A", "a");
        CountDownLatch isAsked = new CountDownLatch(1);
        BlobCache slow = new BlobCache(_ -> isAsked.countDown());
        CompletableFuture<ClassLoader> got = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                got.complete(slow.loader("one"));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } catch (IOException | RuntimeException | AssertionError e) {
                got.completeExceptionally(e);
            }
        });
        isAsked.await();
        reader.interrupt();
        slow.arrived("one", there.get("one"), () -> {});
        assertThat(got.get()).isNotNull();
        reader.join();
    }
}
