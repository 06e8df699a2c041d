package io.farmhand.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.cli.input.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogTest {
    @TempDir
    Path directory;
    private Path file;
    private JobLog log;
    private String header;
    private String line;

    @BeforeEach
    void open() throws Exception {
        file = directory.resolve("x.joblog");
        log = new JobLog(file, "host", "C::m",
                Digest.of(DigestTest.class.getDeclaredMethod("takesText", String.class), ""));
        header = new String(log.header(), StandardCharsets.UTF_8);
        line = new String(log.line(new Outcome(6, new Input.Item(6, "a", "a", ""), "A", null, 0, 1, Instant.EPOCH,
                Duration.ZERO)), StandardCharsets.UTF_8);
    }

    @Test
    void tellsWhatIsDone() throws IOException {
        Files.writeString(file, header + line + line.replaceFirst("^7\t", "2147483647\t") + "8\tcut off");
        JobLog.Done done = log.read();
        assertThat(done.has(6)).isTrue();
        assertThat(done.hasFailed(6)).isFalse();
        assertThat(done.has(Integer.MAX_VALUE - 1L)).isTrue();
        assertThat(done.has(7)).isFalse();
        assertThat(done.has(Long.MAX_VALUE)).isFalse();
        assertThat(Files.readString(file)).endsWith("\n");
        Files.writeString(file, header.substring(0, 9));
        assertThat(log.read().function()).isEmpty();
    }

    @Test
    void refusesWhatIsNoLog() throws IOException {
        assertRefused("line 2: Seq='-3' cannot be", header + line.replaceFirst("^7", "-3"));
        assertRefused("line 3: Seq='99999999999999999999' cannot be",
                header + line + line.replaceFirst("^7", "99999999999999999999"));
        assertRefused("line 2: Seq=2147483648 is more than 2147483647",
                header + line.replaceFirst("^7", "2147483648"));
        assertRefused("line 2: Seq='??[31m' cannot be", header + line.replaceFirst("^7", "\0\033[31m"));
        assertRefused("line 2: it has fields=1, not 13", header + "\0\n");
        assertRefused("line 1: it does not begin with Seq", "a table\nof others");
    }

    @Test
    void leavesAnotherFileAsItIs() throws IOException {
        byte[] bytes = {(byte) 0xFF, 0, '\n', (byte) 0x80, 7};
        Files.write(file, bytes);
        assertThatThrownBy(log::read).isInstanceOf(IOException.class)
                .hasMessageContaining("'" + file + "' is no log of a run of farm: line 1: ");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    private void assertRefused(String why, String text) throws IOException {
        Files.writeString(file, text);
        assertThatThrownBy(log::read).isInstanceOf(IOException.class)
                .hasMessageStartingWith("'" + file + "' is no log of a run of farm: " + why);
    }
}
