package io.farmhand.internal.security;

import io.farmhand.internal.authority.Issued;
import io.farmhand.internal.authority.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;

/** The parties of a cluster with one CA, the good and the bad. */
final class TestParties {
    static final String[] HERE = {"localhost", "127.0.0.1", "::1"};

    final TestAuthority authority = new TestAuthority();
    final String workerText = Token.newText(new SecureRandom());
    final String clientText = Token.newText(new SecureRandom());
    final Token workerToken;
    final Token clientToken;
    private final Path directory;

    TestParties(Path directory) throws IOException {
        this.directory = directory;
        this.workerToken = token(workerText);
        this.clientToken = token(clientText);
    }

    Token token(String text) throws IOException {
        return Token.read(secret("a.token", text + "\n"));
    }

    /** Writes a file that its owner alone may read. */
    Path secret(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    Tokens tokens() throws IOException {
        return new Tokens(workerToken, clientToken);
    }

    Identity coordinator() {
        return identity(Role.COORDINATOR, authority.issue(Role.COORDINATOR.uri(), true, HERE));
    }

    Credentials worker() {
        return new Credentials(identity(Role.WORKER), workerToken);
    }

    Credentials client() {
        return new Credentials(identity(Role.CLIENT), clientToken);
    }

    Identity identity(Role role) {
        return identity(role, authority.issue(role.uri(), false));
    }

    /** With this CA as the one that is trusted. */
    Identity identity(Role role, Issued issued) {
        return new Identity(role, List.of(authority.own().certificate()), List.of(issued.certificate()), issued.key());
    }
}
