package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.sync.ChildJvm;
import io.farmhand.task.RemoteRunnable;
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

    private Path left(String name) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        Files.writeString(directory.resolve("lease"), "");
        Files.writeString(Files.createDirectory(directory.resolve("sub")).resolve("s"), "");
        return directory;
    }

    private static String nameAfter(ProcessHandle process) {
        return "farmhand-" + process.pid() + "-" + process.info().startInstant().orElseThrow().toEpochMilli() + "-abc";
    }

    @Test
    void sweepsWhatDeadProcessesLeftAndNothingElse() throws IOException {
        Path dead = left("farmhand-4194399-1-abc");
        Path halfMade = Files.createDirectory(parent.resolve("farmhand-4194399-2-abc"));
        Path own = left(nameAfter(ProcessHandle.current()));
        Path other = left("farmhand-demo-1234567");
        FarmDirectory.createIn(parent).close();
        assertThat(dead).doesNotExist();
        assertThat(halfMade).doesNotExist();
        assertThat(own).exists();
        assertThat(other).exists();
    }

    @Test
    void sweepsWhatAProcessLeftWhoseNumberAndStartAreThoseOfALivingOne() throws IOException {
        Path dead = left(nameAfter(ProcessHandle.current().parent().orElseThrow()));
        FarmDirectory.createIn(parent).close();
        assertThat(dead).doesNotExist();
    }

    @Test
    void sweepsNothingOfALivingProcessWhateverItsNumberAndStartSeemToBe() throws Exception {
        String in = parent.toString();
        try (ChildJvm child = ChildJvm.start(() -> {
            FarmDirectory directory = FarmDirectory.createIn(Path.of(in));
            ChildJvm.sayAndStay(directory.path().toString());
            directory.close();
        })) {
            // As another one sees it that has been set another clock, or counts processes apart.
            Path living = Files.move(Path.of(child.line()), parent.resolve("farmhand-4194399-1-abc"));
            FarmDirectory.createIn(parent).close();
            assertThat(living).isNotEmptyDirectory();
            child.kill();
            FarmDirectory.createIn(parent).close();
            assertThat(living).doesNotExist();
        }
    }

    @Test
    void aDirectoryIsNotSweptWhileItIsMade() throws Exception {
        String in = parent.toString();
        RemoteRunnable making = () -> {
            for (int i = 0; i < 300; i++) {
                try (FarmDirectory directory = FarmDirectory.createIn(Path.of(in))) {
                    Files.writeString(directory.path().resolve("file"), "x");
                }
            }
            ChildJvm.say("made");
        };
        try (ChildJvm one = ChildJvm.start(making); ChildJvm other = ChildJvm.start(making)) {
            one.expect("made");
            other.expect("made");
        }
        assertThat(parent).isEmptyDirectory();
    }
}
