package io.farmhand.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LaunchTest {
    private static byte[] written(Launch launch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        launch.write(out);
        return out.toByteArray();
    }

    private static Launch launch(byte[] function) {
        return new Launch("a n\u00e4me", "1:2", true, "token 1f /a door", "/tmp/a file", ByteBuffer.wrap(function));
    }

    @Test
    void isReadAsItWasWrittenAndNoFurther() throws IOException {
        byte[] bytes = Arrays.copyOf(written(launch(new byte[]{1, 2, 3})), written(launch(new byte[3])).length + 2);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        assertThat(Launch.read(in)).isEqualTo(launch(new byte[]{1, 2, 3}));
        assertThat(in.available()).isEqualTo(2);
    }

    @Test
    void writesThePartOfItsBufferThatIsTheFunction() throws IOException {
        ByteBuffer slice = ByteBuffer.wrap(new byte[]{9, 9, 1, 2, 9}).slice(1, 3).position(1);
        Launch launch = new Launch("n", "1", false, "", "r", slice);
        assertThat(Launch.read(new ByteArrayInputStream(written(launch))).function())
                .isEqualTo(ByteBuffer.wrap(new byte[]{1, 2}));
    }

    @Test
    void saysThatTheParentDiedWhereverItIsCutShort() throws IOException {
        byte[] whole = written(launch(new byte[]{1, 2, 3}));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Launch.read(new ByteArrayInputStream(part))).as("of %d bytes", length)
                    .isInstanceOf(EOFException.class);
        }
    }
}
