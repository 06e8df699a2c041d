package io.farmhand.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StandardInputTest {
    @Test
    void knowsTheFilesThatJvmsOpenFirst() {
        assertThat(StandardInput.isOfTheJvm(Path.of("/opt/jdk-25/lib/modules"))).isTrue();
        assertThat(StandardInput.isOfTheJvm(Path.of("/opt/jdk-8/jre/lib/rt.jar"))).isTrue();
        assertThat(StandardInput.isOfTheJvm(Path.of("/home/ann/modules"))).isFalse();
        assertThat(StandardInput.isOfTheJvm(Path.of("pipe:[4711]"))).isFalse();
    }
}
