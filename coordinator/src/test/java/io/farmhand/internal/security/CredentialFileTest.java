package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class CredentialFileTest {
    @TempDir
    Path directory;

    private Path dockerSecrets;

    @BeforeEach
    void makeDirectory() throws IOException {
        dockerSecrets = Files.createDirectory(directory.resolve("run-secrets"));
    }

    private Path file(Path in, String mode) throws IOException {
        Path file = in.resolve("worker.key");
        Files.writeString(file, "text");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private void assertFine(Path in, String mode, boolean secret) throws IOException {
        Path file = file(in, mode);
        assertThatCode(() -> CredentialFile.check(file, "key", secret, dockerSecrets)).as(mode)
                .doesNotThrowAnyException();
    }

    private void assertRefused(Path in, String mode, boolean secret, String advice) throws IOException {
        Path file = file(in, mode);
        assertThatThrownBy(() -> CredentialFile.check(file, "key", secret, dockerSecrets)).as(mode)
                .isInstanceOf(SecuritySetupException.class).hasMessageContaining("file=" + file)
                .hasMessageContaining("mode=" + mode).hasMessageContaining(advice + " " + file);
    }

    @Test
    void aSecretIsForItsOwnerAlone() throws IOException {
        assertFine(directory, "rw-------", true);
        assertFine(directory, "r--------", true);
        assertRefused(directory, "rw----r--", true, "chmod 600");
        assertRefused(directory, "rw-r--r--", true, "chmod 600");
        assertRefused(directory, "rw--w----", true, "chmod go-w");
        assertRefused(directory, "rw-----w-", true, "chmod go-w");
    }

    @Test
    void itsGroupMayReadItWhenRootOwnsIt() throws IOException {
        Path file = file(directory, "rw-r-----");
        boolean root = Files.getAttribute(file, "unix:uid").equals(0);
        if (root) {
            assertFine(directory, "rw-r-----", true);
            Files.setAttribute(file, "unix:uid", 12345);
            assertThatThrownBy(() -> CredentialFile.check(file, "key", true, dockerSecrets))
                    .hasMessageContaining("chmod 600");
        } else {
            assertRefused(directory, "rw-r-----", true, "chmod 600");
        }
    }

    @Test
    void asASecretOfDockersAllMayReadItAndNobodyWrite() throws IOException {
        assertFine(dockerSecrets, "r--r--r--", true);
        assertRefused(dockerSecrets, "rw-rw-rw-", true, "chmod go-w");
        Path outside = file(directory, "r--r--r--");
        Path link = Files.createSymbolicLink(dockerSecrets.resolve("link"), outside);
        assertThatThrownBy(() -> CredentialFile.check(link, "key", true, dockerSecrets))
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aCertificateMayBeReadByAll() throws IOException {
        assertFine(directory, "rw-r--r--", false);
        assertRefused(directory, "rw-rw-r--", false, "chmod go-w");
    }

    @Test
    void saysWhatIsWrongWithAFileThatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> CredentialFile.readSecret(directory.resolve("none"), "key"))
                .isInstanceOf(SecuritySetupException.class).hasMessageContaining("there is no such file")
                .hasMessageContaining("farm certs");
        assertThatThrownBy(() -> CredentialFile.readPublic(directory, "certificate"))
                .isInstanceOf(SecuritySetupException.class).hasMessageContaining("file=" + directory);
        Path long_ = directory.resolve("long");
        Files.write(long_, new byte[2 << 20]);
        assertThatThrownBy(() -> CredentialFile.readPublic(long_, "certificate")).hasMessageContaining("too long");
    }

    @Test
    void namesTheUserWhoMayNotReadIt() throws IOException {
        Assumptions.assumeFalse(System.getProperty("user.name").equals("root"), "root may read all");
        Path file = file(directory, "---------");
        assertThatThrownBy(() -> CredentialFile.readSecret(file, "key"))
                .hasMessageContaining("user " + System.getProperty("user.name"));
    }

    @Test
    void readsWhatIsThere() throws IOException {
        assertThat(CredentialFile.readSecret(file(directory, "rw-------"), "key"))
                .isEqualTo("text".getBytes(StandardCharsets.US_ASCII));
    }
}
