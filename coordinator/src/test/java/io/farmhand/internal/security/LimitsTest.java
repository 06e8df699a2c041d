package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LimitsTest {
    private static final Limits STANDARD = Limits.standard(1 << 20);

    @Test
    void leavesDescriptorsForAllElse() {
        assertThat(STANDARD.within(Descriptors.PLENTY)).isSameAs(STANDARD);
        assertThat(STANDARD.within(1024 + 128 + 256)).isSameAs(STANDARD);
        for (int descriptors : new int[]{1407, 1024, 512, 150, 64}) {
            Limits limits = STANDARD.within(descriptors);
            int others = descriptors - limits.connections() - limits.strangers();
            assertThat(others).isGreaterThanOrEqualTo(Math.min(256, descriptors / 2));
            assertThat(limits.strangers()).isBetween(1, limits.connections());
            assertThat(limits.admission()).isEqualTo(STANDARD.admission());
        }
    }

    @Test
    void readsTheLimitOfTheSystem() {
        assertThat(Descriptors
                .limit(List.of("Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max processes             63707                63707                processes ",
                        "Max open files            20000                30000                files     ")))
                .isEqualTo(20000);
        assertThat(
                Descriptors.limit(List.of("Max open files            unlimited            unlimited            files")))
                .isEqualTo(Descriptors.PLENTY);
        assertThat(Descriptors.limit(List.of())).isEqualTo(Descriptors.PLENTY);
        assertThat(Descriptors.limit()).isPositive();
    }

    @Test
    void refusesLimitsThatLetNobodyIn() {
        assertThatThrownBy(() -> STANDARD.withConnections(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> STANDARD.withTimes(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
