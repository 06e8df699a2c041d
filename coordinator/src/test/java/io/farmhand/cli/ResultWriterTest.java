package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResultWriterTest {
    @Test
    void writesALoneLineWithoutWaitingForTheNext() throws IOException {
        PipedOutputStream output = new PipedOutputStream();
        PipedInputStream reader = new PipedInputStream(output);
        try (ResultWriter writer = new ResultWriter(output, failure -> {})) {
            writer.line("é");
            assertThat(reader.readNBytes(3)).isEqualTo("é\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void writesManyLinesInOrder() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (ResultWriter writer = new ResultWriter(output, failure -> {})) {
            IntStream.range(0, 300_000).forEach(i -> writer.line(Integer.toString(i)));
        }
        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo(IntStream.range(0, 300_000)
                .mapToObj(i -> i + "\n").collect(Collectors.joining()));
    }

    @Test
    void tellsAFailedWriteAtOnceAndDropsTheRest() {
        CompletableFuture<IOException> told = new CompletableFuture<>();
        try (ResultWriter writer = new ResultWriter(new FilterOutputStream(OutputStream.nullOutputStream()) {
            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }
        }, told::complete)) {
            writer.line("a");
            assertThat(told.join()).hasMessage("Broken pipe");
            String megabyte = "x".repeat(1 << 20);
            IntStream.range(0, 10).forEach(i -> writer.line(megabyte));
        }
    }
}
