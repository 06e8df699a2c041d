package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InputLinesTest {
    @Test
    void endsLinesAtNewlinesWithOrWithoutReturn() {
        assertThat(lines("a\nb\r\n\nc\rd\né")).containsExactly("a", "b", "", "c\rd", "é");
        assertThat(lines("a\n")).containsExactly("a");
        assertThat(lines("\n")).containsExactly("");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void readsLinesLongerThanItsBuffer() {
        List<String> long3 = List.of("x".repeat(100_000), "y", "z".repeat(1_000_000));
        assertThat(lines(String.join("\n", long3))).isEqualTo(long3);
    }

    @Test
    @Timeout(30)
    void waitsForNoLineThatIsNotAskedFor() throws IOException {
        PipedOutputStream sink = new PipedOutputStream();
        InputLines lines = new InputLines(new PipedInputStream(sink));
        sink.write("a\nb".getBytes(StandardCharsets.UTF_8));
        sink.flush();
        assertThat(lines.next()).isEqualTo("a");
    }

    @Test
    void tellsWhatItCouldNotRead() {
        InputLines lines = new InputLines(new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("gone");
            }
        });
        assertThatThrownBy(lines::hasNext).isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot read standard input: gone");
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        new InputLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).forEachRemaining(lines::add);
        return lines;
    }
}
