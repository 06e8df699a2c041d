package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.authority.Issued;
import io.farmhand.internal.authority.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files that will not do, before anybody is dialled. */
@NullUnmarked
class IdentityTest {
    @TempDir
    Path directory;

    private TestParties parties;
    private Issued good;

    @BeforeEach
    void makeFiles() throws IOException {
        parties = new TestParties(directory);
        good = parties.authority.issue(Role.WORKER.uri(), false);
        write(good);
        parties.secret("worker.token", parties.workerText + "\n");
    }

    private void write(Issued issued) throws IOException {
        parties.secret("ca.pem", Pem.text(parties.authority.own().certificate()));
        parties.secret("worker.pem", Pem.text(issued.certificate()));
        parties.secret("worker.key", Pem.text(issued.key()));
    }

    private Credentials read() throws SecuritySetupException {
        return Credentials.read(CredentialFiles.in(directory, Role.WORKER), Role.WORKER);
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::read).isInstanceOf(SecuritySetupException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @Test
    void readsGoodFilesAndShowsNoKey() throws IOException {
        Credentials credentials = read();
        assertThat(credentials.identity().role()).isEqualTo(Role.WORKER);
        assertThat(credentials.toString()).contains("CN=rack7", "Token[not shown]").doesNotContain(parties.workerText)
                .doesNotContainIgnoringCase("key");
    }

    @Test
    void takesTextAroundTheBlocksAndAChain() throws IOException {
        parties.secret("worker.pem", "subject=rack7\n" + Pem.text(good.certificate())
                + Pem.text(parties.authority.own().certificate()));
        assertThat(read().identity().chain()).hasSize(2);
    }

    @Test
    void passesOverAnOldCaBesideAValidOne() throws IOException {
        X509Certificate old = TestAuthority.expired();
        parties.secret("ca.pem", Pem.text(old) + Pem.text(parties.authority.own().certificate()));
        assertThat(read().identity().authorities()).containsExactly(parties.authority.own().certificate());
        parties.secret("ca.pem", Pem.text(old));
        assertRefused("The CA's certificate has expired", "farm certs --overwrite");
    }

    @Test
    void namesTheFileThatIsMissing() throws IOException {
        Files.delete(directory.resolve("worker.key"));
        assertRefused("The worker's key cannot be read: file=" + directory.resolve("worker.key"), "no such file");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws IOException {
        parties.secret("worker.key", Pem.text(parties.authority.issue(Role.WORKER.uri(), false).key()));
        assertRefused("The key does not belong to the certificate");
    }

    @Test
    void refusesAKeyThatJavaCannotReadAndSaysHowToChangeIt() throws IOException {
        for (String form : new String[]{"EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
            parties.secret("worker.key", "-----BEGIN " + form + "-----\nc2VjcmV0\n-----END " + form + "-----\n");
            assertRefused("form=" + form, "openssl pkcs8 -topk8 -nocrypt");
        }
        for (String text : new String[]{"", "c2VjcmV0",
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"}) {
            parties.secret("worker.key", text);
            assertThatThrownBy(this::read).isInstanceOf(SecuritySetupException.class)
                    .hasMessageNotContaining("c2VjcmV0").hasNoCause();
        }
    }

    @Test
    void refusesADamagedCertificate() throws IOException {
        parties.secret("worker.pem", Pem.text(good.certificate()).replaceFirst("MII", "XXX"));
        assertRefused("The worker's certificate holds a damaged certificate");
        parties.secret("worker.pem", "no certificate");
        assertRefused("The worker's certificate holds no certificate", "-----BEGIN CERTIFICATE-----");
    }

    @Test
    void refusesACertificateThatIsNotValidNowWithItsDates() throws IOException {
        Instant now = Instant.now();
        write(parties.authority.issue(Role.WORKER.uri(), false, now.minusSeconds(100), now.minusSeconds(10)));
        assertRefused("its certificate has expired", "validUntil=", "now=", "farm certs --add");
        write(parties.authority.issue(Role.WORKER.uri(), false, now.plusSeconds(100), now.plusSeconds(200)));
        assertRefused("its certificate is not valid yet", "validFrom=", "Often a clock is wrong");
    }

    @Test
    void refusesACertificateOfAnotherCa() throws IOException {
        write(new TestAuthority().issue(Role.WORKER.uri(), false));
        assertRefused("its certificate is not of a CA in ca.pem", "issuer='CN=Farmhand CA ");
    }

    @Test
    void refusesACertificateOfAnotherRoleOrOfNone() throws IOException {
        write(parties.authority.issue(Role.CLIENT.uri(), false));
        assertRefused("The worker's certificate will not do", "it is a client's", "Often a file has the wrong name");
        write(parties.authority.issue("", false, "localhost"));
        assertRefused("its certificate has no role", Role.WORKER.uri());
    }

    @Test
    void refusesACertificateForServersAsACallers() throws IOException {
        write(parties.authority.issue(Role.WORKER.uri(), true));
        assertRefused("The worker's certificate will not do", "client authentication");
    }
}
