package io.farmhand.internal.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.security.Role;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    private final Authority authority = Authority.create(NOW, Duration.ofDays(100), new SecureRandom());

    private X509Certificate issue(Role role, Duration lifetime, String... hosts) {
        return authority.issue(role, "rack7", List.of(hosts).stream().map(HostName::parse).toList(), NOW, lifetime)
                .certificate();
    }

    @Test
    void itsOwnCertificateSignsPartiesAndNoOtherAuthorities() throws Exception {
        X509Certificate own = authority.own().certificate();
        assertThat(own.getBasicConstraints()).isZero(); // the length of a path below it
        assertThat(own.getKeyUsage()).startsWith(false, false, false, false, false, true, true).hasSize(9)
                .containsSequence(false, false);
        assertThat(own.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
        assertThat(((ECPublicKey) own.getPublicKey()).getParams().getCurve().getField().getFieldSize()).isEqualTo(256);
        assertThat(own.getSigAlgName()).isEqualTo("SHA256withECDSA");
        own.verify(own.getPublicKey());
    }

    @Test
    void aCertificateHasItsRoleItsNamesAndItsUse() throws Exception {
        X509Certificate coordinator = issue(Role.COORDINATOR, Duration.ofDays(10), "farm.example.com", "10.0.0.5",
                "::1");
        assertThat(coordinator.getSubjectAlternativeNames()).extracting(name -> String.valueOf(name.get(1)))
                .containsExactly(
                        "urn:farmhand:role:coordinator", "farm.example.com", "10.0.0.5", "0:0:0:0:0:0:0:1");
        assertThat(coordinator.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(coordinator.getBasicConstraints()).isEqualTo(-1);
        assertThat(coordinator.getKeyUsage()).startsWith(true, false, false, false, false, false);
        X509Certificate worker = issue(Role.WORKER, Duration.ofDays(10));
        assertThat(worker.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(worker.getSubjectX500Principal().getName()).isEqualTo("CN=rack7,O=Farmhand");
        worker.verify(authority.own().certificate().getPublicKey());
    }

    @Test
    void isValidFromADayAgoAndNoLongerThanItsAuthority() {
        X509Certificate worker = issue(Role.WORKER, Duration.ofDays(10));
        assertThat(worker.getNotBefore().toInstant()).isEqualTo(Instant.parse("2026-01-01T03:04:05Z"));
        assertThat(worker.getNotAfter().toInstant()).isEqualTo(Instant.parse("2026-01-12T03:04:05Z"));
        assertThat(issue(Role.WORKER, Duration.ofDays(1000)).getNotAfter())
                .isEqualTo(authority.own().certificate().getNotAfter());
    }

    @Test
    void serialsAreRandomAndPositive() {
        X509Certificate one = issue(Role.WORKER, Duration.ofDays(1));
        assertThat(one.getSerialNumber()).isPositive()
                .isNotEqualTo(issue(Role.WORKER, Duration.ofDays(1)).getSerialNumber());
        assertThat(one.getSerialNumber().toByteArray()).hasSize(20);
    }

    @Test
    void takesNamesAndAddressesAsHosts() {
        for (String good : List.of("localhost", "farm_1", "a.b-c.example.com", "*.example.com", "1.2.3.4", "::1",
                "fd00::5",
                "b\u00fccher.example")) {
            assertThat(HostName.parse(good).text()).isNotEmpty();
        }
        for (String bad : List.of("", "farm:4000", "https://farm", "a b", "-a", "a..b", "1.2.3.400", "*", "a.*.b",
                "x\n",
                "a".repeat(64))) {
            assertThatThrownBy(() -> HostName.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("without a port");
        }
    }
}
