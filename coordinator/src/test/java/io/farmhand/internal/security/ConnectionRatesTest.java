package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ConnectionRatesTest {
    private final ConnectionRates rates = new ConnectionRates(2, 3);

    private int taken(String address, Duration at) {
        int count = 0;
        while (count < 100 && rates.take(InetAddress.ofLiteral(address), at.toNanos())) {
            count++;
        }
        return count;
    }

    @Test
    void givesABurstAndThenSoManyASecond() {
        assertThat(taken("10.0.0.1", Duration.ZERO)).isEqualTo(3);
        assertThat(taken("10.0.0.2", Duration.ZERO)).isEqualTo(3);
        assertThat(taken("10.0.0.1", Duration.ofMillis(499))).isZero();
        assertThat(taken("10.0.0.1", Duration.ofSeconds(1))).isEqualTo(2);
        assertThat(taken("10.0.0.1", Duration.ofHours(1))).isEqualTo(3);
    }

    @Test
    void countsANetworkOfIpv6AsOne() {
        assertThat(taken("2001:db8::1", Duration.ZERO)).isEqualTo(3);
        assertThat(taken("2001:db8::ffff:2", Duration.ZERO)).isZero();
        assertThat(taken("2001:db8:0:1::1", Duration.ZERO)).isEqualTo(3);
    }

    @Test
    void forgetsTheAddressesThatWereLongestNotHeardOf() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(taken("10.1." + i / 250 + "." + i % 250, Duration.ZERO)).isEqualTo(3);
        }
        assertThat(taken("10.1.39.249", Duration.ZERO)).isZero();
        assertThat(taken("10.1.0.0", Duration.ZERO)).isEqualTo(3);
    }
}
