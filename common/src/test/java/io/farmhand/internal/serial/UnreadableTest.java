package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What cannot be read says why. */
class UnreadableTest {
    record Customer(String name) implements Serializable {
        Customer {
            if (name.startsWith("bad")) {
                throw new IllegalArgumentException("a bad name");
            }
        }
    }

    static final class Versioned implements Serializable {
        private static final long serialVersionUID = 0x1182838485868788L;
    }

    static class Thrower implements Serializable {
        final String how;

        Thrower(String how) {
            this.how = how;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            switch (how) {
                case "runtime" -> throw new IllegalStateException("no session");
                case "error" -> throw new ExceptionInInitializerError("no luck");
                case "deep" -> readObject(how);
                case "memory" -> throw new OutOfMemoryError("none left");
                default -> throw new IOException("no disk");
            }
        }

        @SuppressWarnings("InfiniteRecursion") // A saboteur.
        private void readObject(String again) {
            readObject(again + "");
        }
    }

    private static ByteBuffer changed(Object value, String from, String to) throws Exception {
        String text = new String(Codec.bytes(value), StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        return Codec.over(text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static UnreadableValueException failure(ByteBuffer item) {
        return catchThrowableOfType(UnreadableValueException.class, () -> Codec.FILTERING.read(item));
    }

    @Test
    void aMissingClassIsNamed() throws Exception {
        assertThat(failure(changed(new Customer("x"), "$Customer", "$Customex")))
                .hasMessageContaining("its class is missing in this JVM")
                .hasMessageContaining(UnreadableTest.class.getName() + "$Customex")
                .hasMessageContaining("class path")
                .hasCauseInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void anotherVersionOfAClassIsToldFromOtherTrouble() throws Exception {
        assertThat(failure(changed(new Versioned(), "\u0011\u0082\u0083", "\u0011\u0082\u0084")))
                .hasMessageContaining("its class differs between the two JVMs")
                .hasMessageContaining("serialVersionUID");
    }

    @Test
    void whatUserCodeThrowsIsKept() throws Exception {
        assertThat(failure(Codec.encode(new Thrower("runtime"))))
                .hasMessageContaining("threw java.lang.IllegalStateException")
                .hasMessageContaining("Thrower.readObject")
                .hasMessageContaining("no session")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(failure(Codec.encode(new Thrower("error")))).hasCauseInstanceOf(ExceptionInInitializerError.class);
        assertThat(failure(Codec.encode(new Thrower("io")))).hasMessageContaining("no disk");
        assertThat(failure(Codec.encode(new Thrower("deep")))).hasMessageContaining("stack overflowed");
        assertThat(failure(changed(new Customer("bed"), "bed", "bad"))).hasMessageContaining("a bad name");
    }

    @Test
    void anOutOfMemoryErrorIsNotOurs() throws Exception {
        ByteBuffer item = Codec.encode(new Thrower("memory"));
        assertThatThrownBy(() -> Codec.FILTERING.read(item)).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aLambdaThatThisSideDoesNotHaveIsExplained() throws Exception {
        io.farmhand.task.RemoteFunction<String, String> function = text -> text + "!";
        ByteBuffer item = changed(function, "lambda$", "lambdb$");
        assertThat(failure(item)).hasMessageContaining("has no such lambda in this JVM");
    }
}
