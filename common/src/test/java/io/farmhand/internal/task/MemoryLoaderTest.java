package io.farmhand.internal.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The loader of classes that came beside values. */
class MemoryLoaderTest {
    /** Whatever class there is. */
    static final class Sample {
        static int count;

        private Sample() {}
    }

    static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                type.getClassLoader().getResourceAsStream(type.getName().replace('.', '/') + ".class"))) {
            return in.readAllBytes();
        }
    }

    @Test
    void definesItsClassesBeforeTheClassPathDoes() throws Exception {
        MemoryLoader loader = new MemoryLoader();
        assertThat(loader.loadClass(Sample.class.getName())).isSameAs(Sample.class);
        MemoryLoader own = new MemoryLoader();
        own.add(Map.of(Sample.class.getName(), bytes(Sample.class)));
        Class<?> defined = own.loadClass(Sample.class.getName());
        assertThat(defined).isNotSameAs(Sample.class).isSameAs(own.loadClass(Sample.class.getName()));
        assertThat(defined.getClassLoader()).isSameAs(own);
        assertThat(own.loadClass(MemoryLoaderTest.class.getName())).isSameAs(MemoryLoaderTest.class);
        assertThatThrownBy(() -> own.loadClass("no.Such")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void takesMoreThatDoNotDiffer() throws Exception {
        MemoryLoader loader = new MemoryLoader();
        byte[] sample = bytes(Sample.class);
        loader.add(Map.of("a.A", sample));
        assertThat(loader.accepts(Map.of("a.A", sample.clone(), "b.B", new byte[1]))).isTrue();
        assertThat(loader.accepts(Map.of("a.A", new byte[1]))).isFalse();
        assertThat(loader.accepts(Map.of())).isTrue();
    }

    @Test
    void givesTheBytesOfItsClasses() throws Exception {
        MemoryLoader loader = new MemoryLoader();
        byte[] bytes = {1, 2, 3};
        loader.add(Map.of("REPL.$JShell$1", bytes, "Ünï", bytes));
        for (String name : new String[]{"REPL/$JShell$1.class", "Ünï.class"}) {
            try (InputStream in = Objects.requireNonNull(loader.getResourceAsStream(name))) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
            assertThat(Objects.requireNonNull(loader.getResource(name)).getProtocol()).isEqualTo("farmhand-memory");
            assertThat(Collections.list(loader.getResources(name))).hasSize(1);
        }
        assertThat(loader.getResource("REPL/$JShell$2.class")).isNull();
        assertThat(loader.getResource("REPL/$JShell$1.txt")).isNull();
        assertThat(loader.getResource("io/farmhand/internal/task/Setup.class")).as("the class path's").isNotNull();
    }
}
