package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class RefusalLogTest {
    private long now;
    private final List<String> lines = new ArrayList<>();
    private final RefusalLog log = new RefusalLog(() -> now, lines::add);

    private void refuse(int host, int port, Refusal refusal) {
        log.refused(new InetSocketAddress("10.0.%d.%d".formatted(host / 250, host % 250), port), refusal, "x=1");
    }

    @Test
    void tellsOnceAMinuteForEachAddressAndReasonHoweverOftenItConnects() {
        for (int i = 0; i < 10; i++) {
            refuse(7, 1000 + i, Refusal.NOT_TLS);
        }
        refuse(7, 1, Refusal.EXPIRED);
        refuse(8, 1, Refusal.NOT_TLS);
        assertThat(lines).containsExactly("Refused 10.0.0.7:1000: it does not speak TLS: x=1",
                "Refused 10.0.0.7:1: its certificate has expired: x=1",
                "Refused 10.0.0.8:1: it does not speak TLS: x=1");
        now += Duration.ofMinutes(1).toNanos();
        refuse(7, 2, Refusal.NOT_TLS);
        assertThat(lines.getLast())
                .isEqualTo("Refused 10.0.0.7:2: it does not speak TLS: x=1 (and 9 times more before)");
    }

    @Test
    void tellsNoMoreThanSixtyLinesAMinuteAndCountsTheRest() {
        for (int i = 0; i < 1000; i++) {
            refuse(i, 1, Refusal.NOT_TLS);
        }
        assertThat(lines).hasSize(60);
        now += Duration.ofMinutes(1).toNanos();
        refuse(2000, 1, Refusal.NOT_TLS);
        assertThat(lines.getLast()).endsWith("(and 940 refusals of others, left out)");
    }

    @Test
    void remembersNoMoreThanItMay() {
        for (int i = 0; i < 300; i++) {
            refuse(i, 1, Refusal.NOT_TLS);
            now += Duration.ofSeconds(2).toNanos(); // so that each is told
        }
        assertThat(lines).hasSize(300);
    }

    @Test
    void makesOneLineOfWhateverIsSent() {
        assertThat(Printable.text("a\nb\u001b[31m\u00e9\u0000")).isEqualTo("a?b?[31m??");
        assertThat(Printable.text("x".repeat(1000))).hasSize(163).endsWith("...");
    }
}
