package io.farmhand.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildProcessTest {
    @Test
    void leavesNothingWhenItsOwnThreadFails() throws IOException {
        ByteBuffer withoutAnArray = ByteBuffer.allocateDirect(1); // the thread fails over that
        ChildProcess child = ChildProcess.start(
                new ChildOptions("", false, false, List.of(), Map.of(), Path.of("").toAbsolutePath()), withoutAnArray);
        CompletableFuture<ChildExit> exit = child.onExit().orTimeout(30, TimeUnit.SECONDS);
        assertThatThrownBy(exit::join).hasCauseInstanceOf(UnsupportedOperationException.class);
        try (Stream<Path> files = Files.list(Children.INSTANCE.files().directory())) {
            assertThat(files).isEmpty();
        }
        ProcessHandle.of(child.pid()).ifPresent(
                process -> assertThat(process.onExit()).succeedsWithin(30, TimeUnit.SECONDS));
    }
}
