package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pool soaks for half a minute, or as long as one likes:
 *
 * <pre>
 * mvn verify -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dfarmhand.test.soak.seconds=600 -Dfarmhand.test.soak.seed=42
 * </pre>
 */
@FarmTest(seconds = 4 * 60 * 60) // a soak watches itself
class SoakTest {
    private static final long SECONDS = Long.getLong("farmhand.test.soak.seconds", 30);
    private static final long SEED = Long.getLong("farmhand.test.soak.seed", ThreadLocalRandom.current().nextLong());

    @TempDir
    Path directory;

    @Test
    void losesDoublesAndLeaksNothingWhateverBefallsItsWorkers() throws Exception {
        new Soak(SEED, Duration.ofSeconds(SECONDS), directory).run();
    }

    @Test
    void wouldFindALeakOfMemory() {
        List<Long> wavy = LongStream.range(0, 12).map(i -> (30L << 20) + (i % 3 << 20)).boxed().toList();
        List<Long> rising = LongStream.range(0, 12).map(i -> (30L << 20) + (i << 21)).boxed().toList();
        assertThatCode(() -> SoakLevels.assertLevel("heap", wavy)).doesNotThrowAnyException();
        assertThatThrownBy(() -> SoakLevels.assertLevel("heap", rising)).isInstanceOf(AssertionError.class);
    }
}
