package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.farmhand.Pool;
import io.farmhand.examples.OnACluster;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster as its users have it: the commands out of the jar, each a process, with TLS between them. */
@FarmTest(seconds = 120)
@NullUnmarked
class ClusterCommandsTest {
    private static Path certificates;
    private static Path jar;

    @TempDir
    private Path directory;
    private final List<FarmProcess> started = new ArrayList<>();
    private FarmProcess coordinator;
    private String farm;

    @BeforeAll
    static void makeCertificates(@TempDir Path shared) throws Exception {
        try (FarmProcess certs = FarmProcess.start(shared, "certs")) {
            assertThat(certs.awaitEnd()).as(certs.errors()).isZero();
        }
        certificates = shared.resolve("certs");
        jar = UserJar.score(shared);
    }

    @BeforeEach
    void copyCertificates() throws Exception {
        Path own = Files.createDirectory(directory.resolve("certs"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(certificates)) {
            for (Path file : all) {
                Files.copy(file, own.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @AfterEach
    void endAll() {
        started.reversed().forEach(FarmProcess::close);
    }

    private FarmProcess start(String... arguments) throws IOException {
        FarmProcess process = FarmProcess.start(directory, arguments);
        started.add(process);
        return process;
    }

    private void startCoordinator() throws IOException {
        coordinator = start("coordinator", "--listen", "127.0.0.1:0");
        farm = "127.0.0.1:" + coordinator.awaitErrors("The coordinator listens: .*:(\\d+)] tls=true");
    }

    private FarmProcess worker(String name, int seats) throws IOException {
        FarmProcess worker = start("worker", "--join", farm, "-j", "" + seats, "--name", name);
        worker.awaitErrors("Joined the farm at .* as " + name);
        return worker;
    }

    private FarmProcess submit(String method, String... inputs) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("submit", "--farm", farm, "--jar", jar.toString(),
                "com.acme.Score::" + method));
        arguments.addAll(List.of(inputs));
        FarmProcess process = FarmProcess.open(directory, arguments.toArray(String[]::new));
        started.add(process);
        return process;
    }

    private JsonObject status() throws Exception {
        FarmProcess process = start("status", "--farm", farm, "--json");
        assertThat(process.awaitEnd()).as(process.errors()).isZero();
        return JsonParser.parseString(process.output()).getAsJsonObject();
    }

    /** Who has told that it runs there. */
    private static List<Long> pids(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.map(file -> Long.valueOf(file.getFileName().toString())).toList();
        }
    }

    @Test
    void aJarThatTheFarmHasNeverSeenRunsThereAndResultsComeInOrder() throws Exception {
        startCoordinator();
        FarmProcess worker = worker("rack7", 2);
        FarmProcess submitted = submit("slow");
        submitted.write(0, 200);
        assertThat(submitted.awaitEnd()).as(submitted.errors()).isEqualTo(1);
        assertThat(submitted.output()).isEqualTo(UserJar.squares(0, 200, 13));
        assertThat(submitted.errors()).contains("farm: item 13 (standard input line 14: \"13\") failed on worker ",
                "java.lang.IllegalStateException: thirteen", "com.acme.Score.slow(Score.java:");

        JsonObject status = status();
        JsonObject joined = status.getAsJsonArray("workers").get(0).getAsJsonObject();
        assertThat(joined.get("name").getAsString()).isEqualTo("rack7");
        assertThat(joined.get("seats").getAsInt()).isEqualTo(2);
        FarmProcess table = start("status", "--farm", farm);
        assertThat(table.awaitEnd()).isZero();
        assertThat(table.output()).contains("1 worker with 2 seats", "WORKER", "rack7", "CLIENT");

        FarmProcess well = start("health");
        assertThat(well.awaitEnd()).as(well.errors()).isZero();
        assertThat(well.errors()).contains("well: coordinator: ", "well: worker: ");

        assertThat(worker.terminate()).as("the worker's exit status; %s", worker.errors()).isZero();
        await().until(() -> status().getAsJsonArray("workers").isEmpty());
        assertThat(coordinator.terminate()).as("the coordinator's exit status; %s", coordinator.errors()).isZero();
        FarmProcess ill = start("health");
        assertThat(ill.awaitEnd()).isEqualTo(1);
        assertThat(ill.errors()).contains("runs no coordinator and no worker");
    }

    @Test
    void aProgramThatConnectsHasTheWholePoolThere() throws Exception {
        startCoordinator();
        worker("one", 1);
        worker("two", 1);
        String address = "farm://" + farm + "?certs=" + directory.resolve("certs");
        Program.run(address);
        assertThat(OnACluster.look(address)).containsExactly("[un, deux, trois, ?]", "4 words looked up");
    }

    /** A user's program; a class of its own, since the functions' class travels, and needs what it names there. */
    private static final class Program {
        private Program() {}

        static void run(String address) {
            try (Pool pool = Pool.connect(address)) {
                int offset = 7;
                assertThat(pool.map(n -> n + offset, List.of(1, 2, 3))).containsExactly(8, 9, 10);
                long absolute = pool.apply(Math::abs, -3L);
                assertThat(absolute).isEqualTo(3);
                try (Stream<Integer> lazy = pool.imap(n -> n * 2, Stream.iterate(1, n -> n + 1))) {
                    assertThat(lazy.limit(500).mapToInt(n -> n).sum()).isEqualTo(500 * 501);
                }
            }
        }
    }

    @Test
    void aWorkerThatIsToldToEndLosesNothingAndExitsWithZero() throws Exception {
        startCoordinator();
        FarmProcess first = worker("first", 1);
        worker("second", 1);
        FarmProcess submitted = submit("slow");
        submitted.write(100, 400);
        submitted.awaitOutput("130 ");
        assertThat(first.terminate()).as(first.errors()).isZero();
        assertThat(submitted.awaitEnd()).as(submitted.errors()).isZero();
        assertThat(submitted.output()).isEqualTo(UserJar.squares(100, 400));
    }

    @Test
    void workersThatComeLaterAndGoAtOnceLoseNothing() throws Exception {
        startCoordinator();
        FarmProcess submitted = submit("slow");
        submitted.write(100, 400);
        submitted.awaitErrors("has no workers yet");
        FarmProcess first = worker("first", 1);
        submitted.awaitOutput("120 ");
        worker("second", 1);
        first.kill();
        assertThat(submitted.awaitEnd()).as(submitted.errors()).isZero();
        assertThat(submitted.output()).isEqualTo(UserJar.squares(100, 400));
    }

    @Test
    void aClientThatIsKilledTakesItsWorkersWithIt() throws Exception {
        startCoordinator();
        worker("one", 1);
        Path log = Files.createDirectory(directory.resolve("log"));
        FarmProcess submitted = submit("hang", log.toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> !pids(log).isEmpty());
        long pid = pids(log).getFirst();
        submitted.kill();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(status().getAsJsonArray("clients")).isEmpty();
    }

    @Test
    void aCoordinatorThatStartsAgainGetsItsWorkersBackAndClientsLearnAtOnce() throws Exception {
        startCoordinator();
        FarmProcess worker = worker("one", 1);
        Path log = Files.createDirectory(directory.resolve("log"));
        FarmProcess submitted = submit("hang", log.toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> !pids(log).isEmpty());
        assertThat(coordinator.terminate()).as("the coordinator's exit status; %s", coordinator.errors()).isZero();
        assertThat(coordinator.errors()).contains("Told to end");
        assertThat(submitted.awaitEnd()).as(submitted.errors()).isEqualTo(102);
        assertThat(submitted.errors()).contains("The connection to the farm at " + farm + " was lost",
                "the coordinator was told to end");
        worker.awaitErrors("No connection to the coordinator");

        coordinator = start("coordinator", "--listen", farm);
        coordinator.awaitErrors("The coordinator listens");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> status().getAsJsonArray("workers").size() == 1);
        FarmProcess again = submit("line", "12");
        assertThat(again.awaitEnd()).as(again.errors()).isZero();
        assertThat(again.output()).isEqualTo("12 144\n");
    }

    @Test
    void whoHasNoRightIsRefusedAndToldWhy() throws Exception {
        startCoordinator();
        Path other = Files.createDirectory(directory.resolve("other"));
        FarmProcess certs = FarmProcess.start(other, "certs");
        started.add(certs);
        assertThat(certs.awaitEnd()).isZero();

        FarmProcess otherAuthority = start("status", "--farm", farm, "--certs", other.resolve("certs").toString());
        assertThat(otherAuthority.awaitEnd()).isEqualTo(102);
        assertThat(otherAuthority.errors()).contains("The coordinator at " + farm + " does not tell: ");
        FarmProcess none = start("status", "--farm", farm, "--certs", directory.resolve("nowhere").toString());
        assertThat(none.awaitEnd()).isEqualTo(2);
        assertThat(none.errors()).contains("ca.pem");
        FarmProcess plain = start("status", "--farm", farm, "--plain-text");
        assertThat(plain.awaitEnd()).isEqualTo(102);
        assertThat(plain.errors()).contains("Often the coordinator has TLS, and this side was told to go without");

        Path token = directory.resolve("certs/client.token");
        String right = Files.readString(token);
        Files.writeString(token, "x".repeat(43) + "\n");
        FarmProcess wrongToken = start("submit", "--farm", farm, "java.lang.Math::abs", "-3");
        assertThat(wrongToken.awaitEnd()).isEqualTo(102);
        assertThat(wrongToken.errors()).contains("UNAUTHENTICATED").doesNotContain("xxxx");
        assertThat(coordinator.errors()).contains("Refused 127.0.0.1:").doesNotContain("xxxx", right.strip());
    }

    @Test
    void aCoordinatorWithoutTlsListensOnThisHostOnly() throws Exception {
        FarmProcess open = start("coordinator", "--listen", "0.0.0.0:0", "--plain-text");
        assertThat(open.awaitEnd()).isEqualTo(2);
        assertThat(open.errors())
                .contains("A coordinator without TLS would listen beyond this host: address=0.0.0.0:0");

        FarmProcess local = start("coordinator", "--listen", "127.0.0.1:0", "--plain-text");
        farm = "127.0.0.1:" + local.awaitErrors("The coordinator listens: .*:(\\d+)] tls=false");
        FarmProcess worker = start("worker", "--join", farm, "--plain-text", "-j", "1");
        worker.awaitErrors("Joined the farm");
        FarmProcess submitted = start("submit", "--farm", farm, "--plain-text", "java.lang.Math::abs", "-3");
        assertThat(submitted.awaitEnd()).as(submitted.errors()).isZero();
        assertThat(submitted.output()).isEqualTo("3\n");
    }

    @Test
    void anotherUserCanReadNoKeyAndReachNoSocket() throws Exception {
        Assumptions.assumeTrue(asAnother("true") == 0, "root may be someone else");
        startCoordinator();
        worker("one", 1);
        for (String file : List.of("ca.key", "coordinator.key", "worker.token", "client.token")) {
            assertThat(asAnother("cat", directory.resolve("certs").resolve(file).toString())).as(file).isNotZero();
        }
        List<Path> ours = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")),
                "farmhand-*")) {
            all.forEach(ours::add);
        }
        assertThat(ours).as("the directories of the coordinator and the worker").hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(each -> assertThat(asAnother("ls", each.toString())).as(each.toString()).isNotZero());
    }

    private static int asAnother(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--clear-groups"));
        whole.addAll(List.of(command));
        return new ProcessBuilder(whole).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void wrongUsageIsExplained() throws Exception {
        assertUsage("--farm: 'a b:x' names no coordinator", "status", "--farm", "a b:x");
        assertUsage("Missing required option: '--farm=HOST[:PORT]'", "submit", "java.lang.Math::abs", "1");
        assertUsage("Missing required option: '--join=HOST[:PORT]'", "worker");
        assertUsage("--grace must be 0 to 86400, not -1", "worker", "--join", "localhost", "--grace", "-1");
        assertUsage("'--store-size': size=much is not a size such as 512m or 4g", "coordinator", "--store-size",
                "much");
        assertUsage("'--jobs': '0%' is no worker at all", "worker", "--join", "localhost", "-j", "0%");
        assertUsage("-j must be 0 or more, not -1", "submit", "--farm", "localhost", "-j", "-1", "java.lang.Math::abs");
        FarmProcess nobody = start("status", "--farm", "127.0.0.1:9", "--timeout", "5");
        assertThat(nobody.awaitEnd()).isEqualTo(102);
        assertThat(nobody.errors()).contains("The coordinator at 127.0.0.1:9 does not tell: UNAVAILABLE",
                "Does a coordinator run there");
    }

    private void assertUsage(String words, String... arguments) throws Exception {
        FarmProcess process = start(arguments);
        assertThat(process.awaitEnd()).as(process.errors()).isEqualTo(2);
        assertThat(process.errors()).contains(words);
    }
}
