package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarmDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void isTheOwnersAloneAndGoneAfterClose() throws IOException {
        Path path;
        try (FarmDirectory directory = FarmDirectory.createIn(parent)) {
            path = directory.path();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rwx------");
            Files.writeString(path.resolve("file"), "x");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void sweepsWhatDeadProcessesLeftAndNothingElse() throws IOException {
        ProcessHandle self = ProcessHandle.current();
        long start = self.info().startInstant().orElseThrow().toEpochMilli();
        Path dead = Files.createDirectory(parent.resolve("farmhand-4194399-1-abc"));
        Files.writeString(dead.resolve("s"), "");
        Path reusedPid = Files.createDirectory(parent.resolve("farmhand-" + self.pid() + "-12345-abc"));
        Path mine = Files.createDirectory(parent.resolve("farmhand-" + self.pid() + "-" + start + "-abc"));
        Path other = Files.createDirectory(parent.resolve("farmhand-demo-1234567"));
        Path huge = Files.createDirectory(parent.resolve("farmhand-99999999999999999999999-1-abc"));
        FarmDirectory.createIn(parent).close();
        assertThat(dead).doesNotExist();
        assertThat(reusedPid).doesNotExist();
        assertThat(mine).exists();
        assertThat(other).exists();
        assertThat(huge).exists();
    }
}
