package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FarmUriTest {
    @Test
    void readsHostsPortsAndSettings() {
        assertThat(FarmUri.parse("farm://example.com:1234")).isEqualTo(
                new FarmUri("example.com", 1234, FarmUri.defaultCertificates(), true));
        assertThat(FarmUri.parse("FARM://my_service")).isEqualTo(
                new FarmUri("my_service", FarmUri.DEFAULT_PORT, FarmUri.defaultCertificates(), true));
        assertThat(FarmUri.parse("[::1]:80?certs=/a/b&tls=off")).isEqualTo(
                new FarmUri("::1", 80, Path.of("/a/b"), false));
        assertThat(FarmUri.parse("::1").host()).isEqualTo("::1");
        assertThat(FarmUri.listening("0.0.0.0:0").port()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "farm://", ":80", "host:x", "host:65536", "host:-1", "host:0", "a b", "host/path",
                    "user@host", "http://host", "[::1", "host\n"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> FarmUri.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names no coordinator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host?certs=", "host?tls=maybe", "host?", "host?token=x", "host?certs=a&", "host?tls=off?"})
    void refusesUnknownSettings(String text) {
        assertThatThrownBy(() -> FarmUri.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has an unknown setting").hasMessageContaining("certs=DIRECTORY and tls=off");
    }
}
