package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.security.CredentialFiles;
import io.farmhand.internal.security.Credentials;
import io.farmhand.internal.security.Identity;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code farm certs} as its users have it: out of the jar, in a directory of theirs. */
@FarmTest(seconds = 90)
class CertsTest {
    private static final Path ROOT = CommandLineTest.ROOT;

    @TempDir
    Path directory;

    private record Ended(int status, String output, String errors) {}

    private Ended certs(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(CommandLineTest.JAVA, "-jar",
                CommandLineTest.JAR, "certs"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private Ended run(String... command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("farm-certs", ".err");
        try {
            Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }

    private Map<String, String> modes(Path in) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.list(in)) {
            for (Path file : files.toList()) {
                modes.put(file.getFileName().toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        return modes;
    }

    private Map<String, String> texts(Path in) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(in)) {
            for (Path file : files.toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
    }

    @Test
    void makesAllFilesForTheirOwnerAloneAndNoneTwice() throws Exception {
        Ended ended = certs("--host", "farm.example.com", "--host", "10.0.0.5");
        assertThat(ended.errors()).contains("farm: take certs/ca.key to a place that is offline").hasLineCount(1);
        assertThat(ended.status()).isZero();
        Path made = directory.resolve("certs");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
        String secret = "rw-------";
        String open = "rw-r--r--";
        assertThat(modes(made)).containsExactlyInAnyOrderEntriesOf(Map.of("ca.pem", open, "ca.key", secret,
                "coordinator.pem", open, "coordinator.key", secret, "worker.pem", open, "worker.key", secret,
                "client.pem", open, "client.key", secret, "worker.token", secret, "client.token", secret));
        assertThat(ended.output().lines().map(line -> line.replace("certs/", "")))
                .containsExactlyInAnyOrderElementsOf(modes(made).keySet());
        assertReadable(made);

        Map<String, String> before = texts(made);
        Ended again = certs();
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.errors()).contains("nothing was changed", "certs/ca.pem", "--overwrite");
        assertThat(texts(made)).isEqualTo(before);

        assertThat(certs("--overwrite").status()).isZero();
        assertThat(texts(made)).allSatisfy((name, text) -> assertThat(text).isNotEqualTo(before.get(name)));
        assertReadable(made);
    }

    private static void assertReadable(Path made) throws IOException {
        Identity.read(CredentialFiles.in(made, Role.COORDINATOR), Role.COORDINATOR);
        Credentials.read(CredentialFiles.in(made, Role.WORKER), Role.WORKER);
        Credentials.read(CredentialFiles.in(made, Role.CLIENT), Role.CLIENT);
    }

    @Test
    void addsAPartyOfTheCaThatIsThere() throws Exception {
        certs("-d", "here");
        Path made = directory.resolve("here");
        Map<String, String> before = texts(made);
        Ended ended = certs("-d", "here", "--add", "worker", "--name", "rack7", "--days", "7");
        assertThat(ended).isEqualTo(new Ended(0, "here/worker-rack7.pem\nhere/worker-rack7.key\n", ""));
        Credentials.read(CredentialFiles.in(made, Role.WORKER, "worker-rack7"), Role.WORKER);
        assertThat(modes(made)).containsEntry("worker-rack7.key", "rw-------");
        assertThat(texts(made)).containsAllEntriesOf(before);
        assertThat(certs("-d", "here", "--add", "worker", "--name", "rack7").status()).isEqualTo(2);

        assertThat(certs("-d", "here", "--add", "client", "--overwrite").status()).isZero();
        assertThat(texts(made)).containsEntry("ca.pem", before.get("ca.pem"))
                .containsEntry("client.token", before.get("client.token"));
        assertThat(texts(made).get("client.pem")).isNotEqualTo(before.get("client.pem"));
        assertReadable(made);

        Files.delete(made.resolve("ca.key"));
        Ended offline = certs("-d", "here", "--add", "client", "--name", "b");
        assertThat(offline.status()).isEqualTo(2);
        assertThat(offline.errors()).contains("taken offline, put it back");
    }

    @Test
    void opensslTakesThemForWhatTheyAreFor() throws Exception {
        assumeOpenssl();
        certs("--host", "farm.example.com");
        for (String[] use : new String[][]{{"coordinator", "sslserver"}, {"worker", "sslclient"},
                {"client", "sslclient"}}) {
            assertThat(run("openssl", "verify", "-x509_strict", "-purpose", use[1], "-CAfile", "certs/ca.pem",
                    "certs/" + use[0] + ".pem").output()).isEqualTo("certs/" + use[0] + ".pem: OK\n");
            String other = use[1].equals("sslserver") ? "sslclient" : "sslserver";
            assertThat(
                    run("openssl", "verify", "-purpose", other, "-CAfile", "certs/ca.pem", "certs/" + use[0] + ".pem")
                            .status())
                    .isNotZero();
        }
        assertThat(run("openssl", "verify", "-verify_hostname", "farm.example.com", "-CAfile", "certs/ca.pem",
                "certs/coordinator.pem").status()).isZero();
        assertThat(run("openssl", "x509", "-in", "certs/worker.pem", "-noout", "-ext", "subjectAltName").output())
                .contains("URI:urn:farmhand:role:worker");
        assertThat(run("openssl", "pkey", "-in", "certs/worker.key", "-noout", "-check").output()).contains("valid");
    }

    private void assumeOpenssl() throws InterruptedException {
        try {
            Assumptions.assumeTrue(run("openssl", "version").output().startsWith("OpenSSL 3"), "no OpenSSL 3");
        } catch (IOException e) {
            Assumptions.abort("no openssl: " + e.getMessage());
        }
    }

    @Test
    void theDocumentedCommandsOfOpensslMakeFilesThatWillDo() throws Exception {
        assumeOpenssl();
        String document = Files.readString(ROOT.resolve("docs/security.md"));
        Matcher block = Pattern.compile("\\(CertsTest\\)\\. -->\n```sh\n(.*?)```", Pattern.DOTALL).matcher(document);
        assertThat(block.find()).isTrue();
        Ended ended = run("bash", "-euc", "umask 022\n" + block.group(1));
        assertThat(ended.status()).as(ended.errors()).isZero();
        assertReadable(directory);
        Token.read(directory.resolve("client.token"));
    }

    @Test
    void refusesWhatItCannotDoAndMakesNothing() throws Exception {
        assertUsage("--days must be 1 to 36500, not 0", "--days", "0");
        assertUsage("'farm:4000' is no host", "--host", "farm:4000");
        assertUsage("--add takes worker, client or coordinator, not 'wroker'; did you mean worker?", "--add", "wroker");
        assertUsage("--name is for what is added", "--name", "x");
        assertUsage("--name must be of letters", "--add", "worker", "--name", "../x");
        assertUsage("--host is for a coordinator", "--add", "worker", "--host", "x");
        assertUsage("did you mean --overwrite?", "--overwrit");
        assertUsage("The CA's certificate cannot be read", "--add", "worker");
        assertThat(modes(directory)).isEmpty();
    }

    private void assertUsage(String message, String... arguments) throws Exception {
        Ended ended = certs(arguments);
        assertThat(ended.status()).as(ended.errors()).isEqualTo(2);
        assertThat(ended.errors()).startsWith("farm: ").contains(message);
        assertThat(ended.output()).isEmpty();
    }

    @Test
    void refusesADirectoryToWhichOthersCanWrite() throws Exception {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertUsage("Others can write to this directory", "-d", "open");
        assertThat(modes(open)).isEmpty();
        Files.createFile(directory.resolve("file"));
        assertThat(certs("-d", "file").status()).isNotZero();
    }

    @Test
    void theJarHasBouncyCastleUnderANameOfItsOwn() throws Exception {
        try (JarFile jar = new JarFile(CommandLineTest.JAR)) {
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .noneMatch(name -> name.startsWith("org/bouncycastle"))
                    .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA|EC)"));
        }
    }
}
