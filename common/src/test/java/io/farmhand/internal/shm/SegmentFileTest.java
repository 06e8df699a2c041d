package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFileTest {
    @TempDir
    private Path directory;

    @Test
    void isZeroAndSharedAndForItsOwnerOnly() throws IOException {
        Path file = directory.resolve("s");
        MemorySegment made = SegmentFile.create(file, 3_000_001, Arena.ofAuto());
        MemorySegment opened = SegmentFile.open(file, Arena.ofAuto());
        assertThat(opened.byteSize()).isEqualTo(3_000_001);
        assertThat(made.mismatch(Arena.ofAuto().allocate(3_000_001))).isEqualTo(-1);
        made.set(ValueLayout.JAVA_BYTE, 3_000_000, (byte) 7);
        assertThat(opened.get(ValueLayout.JAVA_BYTE, 3_000_000)).isEqualTo((byte) 7);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void refusesAFileThatIsThere() throws IOException {
        Path file = Files.writeString(directory.resolve("s"), "mine");
        assertThatThrownBy(() -> SegmentFile.create(file, 10, Arena.ofAuto())).isInstanceOf(IOException.class)
                .hasCauseInstanceOf(FileAlreadyExistsException.class).hasMessageContaining(file.toString());
        assertThat(file).hasContent("mine");
    }

    @Test
    void opensNothingThatIsNotThere() {
        assertThatThrownBy(() -> SegmentFile.open(directory.resolve("none"), Arena.ofAuto()))
                .isInstanceOf(NoSuchFileException.class);
    }
}
