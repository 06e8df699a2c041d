package io.farmhand.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchWriterTest {
    private static void line(BatchWriter writer, String line) {
        writer.add((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesWhatBelongsTogetherInTheOrderOfTheOutputs() {
        List<String> written = Collections.synchronizedList(new ArrayList<>());
        try (BatchWriter writer = new BatchWriter(List.of(naming("table", written), naming("log", written)),
                (_, _) -> {})) {
            for (int i = 0; i < 1000; i++) {
                writer.add(new byte[]{1}, new byte[]{1});
            }
        }
        int[] ahead = new int[1];
        assertThat(written).isNotEmpty().allSatisfy(each -> {
            int bytes = Integer.parseInt(each.split(" ", 2)[1]);
            ahead[0] += each.startsWith("table") ? bytes : -bytes;
            assertThat(ahead[0]).as("rows before lines of the log").isNotNegative();
        });
        assertThat(ahead[0]).isZero();
    }

    private static OutputStream naming(String name, List<String> written) {
        return new FilterOutputStream(OutputStream.nullOutputStream()) {
            @Override
            public void write(byte[] buffer, int offset, int length) {
                written.add(name + " " + length);
            }
        };
    }

    @Test
    void writesALoneLineWithoutWaitingForTheNext() throws IOException {
        PipedOutputStream output = new PipedOutputStream();
        PipedInputStream reader = new PipedInputStream(output);
        try (BatchWriter writer = new BatchWriter(List.of(output), (_, _) -> {})) {
            line(writer, "é");
            assertThat(reader.readNBytes(3)).isEqualTo("é\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void writesManyLinesInOrder() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (BatchWriter writer = new BatchWriter(List.of(output), (_, _) -> {})) {
            IntStream.range(0, 300_000).forEach(i -> line(writer, Integer.toString(i)));
        }
        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo(IntStream.range(0, 300_000)
                .mapToObj(i -> i + "\n").collect(Collectors.joining()));
    }

    @Test
    void tellsAFailedWriteAtOnceAndDropsTheRest() {
        CompletableFuture<IOException> told = new CompletableFuture<>();
        try (BatchWriter writer = new BatchWriter(List.of(new FilterOutputStream(OutputStream.nullOutputStream()) {
            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }
        }), (_, cause) -> told.complete(cause))) {
            line(writer, "a");
            assertThat(told.join()).hasMessage("Broken pipe");
            String megabyte = "x".repeat(1 << 20);
            IntStream.range(0, 10).forEach(i -> line(writer, megabyte));
        }
    }
}
