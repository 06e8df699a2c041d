package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.MountableFile;

/** A cluster in containers of the image, on a network of their own; clients are processes of this host. */
@DockerTest
@Timeout(240)
@NullUnmarked
class ContainersTest {
    private static final int WORKERS = 3;
    private static final int PORT = 7373;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path shared;
    private static Network network;
    private static ImageFromDockerfile image;
    private static GenericContainer<?> coordinator;
    private static final List<GenericContainer<?>> WORKERS_UP = new ArrayList<>();
    private static String farm;
    private static Path jar;

    @TempDir
    private Path directory;
    private final List<FarmProcess> started = new ArrayList<>();

    @BeforeAll
    static void startCoordinator() throws Exception {
        try (FarmProcess certs = FarmProcess.start(shared, "certs")) {
            assertThat(certs.awaitEnd()).as(certs.errors()).isZero();
        }
        jar = UserJar.score(shared);
        image = new ImageFromDockerfile("farmhand-test", true)
                .withDockerfile(CommandLineTest.ROOT.resolve("Dockerfile"));
        network = Network.newNetwork();
        coordinator = party("coordinator", "coordinator", "--listen", "0.0.0.0").withNetworkAliases("coordinator")
                .withExposedPorts(PORT).waitingFor(Wait.forLogMessage(".*The coordinator listens.*", 1));
        for (String token : List.of("worker.token", "client.token")) {
            secret(coordinator, token);
        }
        coordinator.start();
        farm = coordinator.getHost() + ":" + coordinator.getMappedPort(PORT);
    }

    @AfterAll
    static void endAll() {
        WORKERS_UP.forEach(GenericContainer::stop);
        if (coordinator != null) {
            coordinator.stop();
        }
        if (network != null) {
            network.close();
        }
    }

    /** As many workers as there should be, whatever the last test has done to them. */
    @BeforeEach
    void startWorkers() throws Exception {
        while (WORKERS_UP.size() < WORKERS) {
            startWorker();
        }
        await().atMost(PATIENCE).until(() -> workers().size() == WORKERS);
    }

    @AfterEach
    void endProcesses() {
        started.forEach(FarmProcess::close);
    }

    private static GenericContainer<?> party(String role, String... command) {
        GenericContainer<?> container = new GenericContainer<>(image).withCommand(command).withNetwork(network)
                .withCreateContainerCmdModifier(create -> create.getHostConfig().withInit(true));
        for (String file : List.of("ca.pem", role + ".pem", role + ".key")) {
            secret(container, file);
        }
        return container;
    }

    private static void secret(GenericContainer<?> container, String file) {
        container.withCopyFileToContainer(MountableFile.forHostPath(shared.resolve("certs").resolve(file), 0444),
                "/run/secrets/" + file);
    }

    private static GenericContainer<?> startWorker() {
        GenericContainer<?> worker = party("worker", "worker", "--join", "coordinator", "-j", "1")
                .waitingFor(Wait.forLogMessage(".*Joined the farm.*", 1));
        secret(worker, "worker.token");
        worker.start();
        WORKERS_UP.add(worker);
        return worker;
    }

    private static DockerClient docker() {
        return coordinator.getDockerClient();
    }

    private FarmProcess submit(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("submit", "--farm", farm, "--certs", shared.resolve("certs").toString(),
                        "--jar", jar.toString()));
        all.addAll(List.of(arguments));
        FarmProcess process = FarmProcess.open(directory, all.toArray(String[]::new));
        started.add(process);
        return process;
    }

    private JsonArray workers() throws Exception {
        try (FarmProcess process = FarmProcess.start(directory, "status", "--farm", farm, "--json", "--certs",
                shared.resolve("certs").toString())) {
            assertThat(process.awaitEnd()).as(process.errors()).isZero();
            return JsonParser.parseString(process.output()).getAsJsonObject().getAsJsonArray("workers");
        }
    }

    @Test
    void aHundredThousandItemsWithAJarThatTheImageHasNeverSeenComeInOrder() throws Exception {
        FarmProcess job = submit("--chunk-size", "100", "com.acme.Score::line");
        job.write(0, 100_000);
        assertThat(job.awaitEnd()).as(job.errors()).isZero();
        assertThat(job.output()).isEqualTo(UserJar.squares(0, 100_000));
    }

    /** In the middle of a job something happens to a worker; all results come, once and in order. */
    private void happens(Consumer<String> toContainer) throws Exception {
        FarmProcess job = submit("com.acme.Score::slow");
        job.write(100, 700);
        job.awaitOutput("130 ");
        toContainer.accept(WORKERS_UP.getFirst().getContainerId());
        assertThat(job.awaitEnd()).as(job.errors()).isZero();
        assertThat(job.output()).isEqualTo(UserJar.squares(100, 700));
    }

    private static void remove(GenericContainer<?> worker) {
        WORKERS_UP.remove(worker);
        worker.stop();
    }

    @Test
    void aWorkerThatIsKilledInTheMiddleOfAJobLosesNothing() throws Exception {
        GenericContainer<?> victim = WORKERS_UP.getFirst();
        happens(container -> docker().killContainerCmd(container).exec());
        remove(victim);
    }

    @Test
    void aWorkerThatIsStoppedInTheMiddleOfAJobFinishesItsItemAndExitsWithZero() throws Exception {
        GenericContainer<?> victim = WORKERS_UP.getFirst();
        happens(container -> docker().stopContainerCmd(container).withTimeout(20).exec());
        assertThat(docker().inspectContainerCmd(victim.getContainerId()).exec().getState().getExitCodeLong())
                .as(victim.getLogs()).isZero();
        remove(victim);
    }

    @Test
    void aWorkerThatIsPausedInTheMiddleOfAJobLosesNothingAndComesBackAsANewOne() throws Exception {
        String container = WORKERS_UP.getFirst().getContainerId();
        try {
            happens(paused -> docker().pauseContainerCmd(paused).exec());
            await().atMost(PATIENCE).until(() -> workers().size() == WORKERS - 1);
        } finally {
            docker().unpauseContainerCmd(container).exec();
        }
        await().atMost(PATIENCE).until(() -> workers().size() == WORKERS);
    }

    @Test
    void aWorkerThatIsCutFromTheNetworkInTheMiddleOfAJobLosesNothingAndComesBack() throws Exception {
        String container = WORKERS_UP.getFirst().getContainerId();
        try {
            happens(cut -> docker().disconnectFromNetworkCmd().withNetworkId(network.getId()).withContainerId(cut)
                    .exec());
            await().atMost(PATIENCE).until(() -> workers().size() == WORKERS - 1);
        } finally {
            docker().connectToNetworkCmd().withNetworkId(network.getId()).withContainerId(container).exec();
        }
        await().atMost(PATIENCE).until(() -> workers().size() == WORKERS);
    }

    @Test
    void aWorkerThatIsAddedInTheMiddleOfAJobTakesPart() throws Exception {
        happens(_ -> startWorker());
        GenericContainer<?> added = WORKERS_UP.getLast();
        assertThat(workers()).hasSize(WORKERS + 1);
        remove(added);
    }

    @Test
    void clientsWithoutTheRightFilesAreRefusedAndTheCoordinatorLogsIt() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (FarmProcess certs = FarmProcess.start(other, "certs")) {
            assertThat(certs.awaitEnd()).isZero();
        }
        assertThat(refused("--certs", other.resolve("certs").toString())).contains("UNAVAILABLE");
        Path stolen = Files.createDirectory(directory.resolve("stolen"));
        for (String file : List.of("ca.pem", "client.pem", "client.key")) {
            Files.copy(shared.resolve("certs").resolve(file), stolen.resolve(file));
        }
        Files.copy(other.resolve("certs/client.token"), stolen.resolve("client.token"));
        assertThat(refused("--certs", stolen.toString())).contains("UNAUTHENTICATED");
        assertThat(refused("--certs", stolen.toString(), "--plain-text")).contains("UNAVAILABLE");
        assertThat(withoutCertificate()).isInstanceOf(SSLException.class);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(coordinator.getLogs()).contains("no certificate",
                "no TLS", "Refused ").doesNotContain(Files.readString(stolen.resolve("client.token")).strip()));
    }

    private String refused(String... credentials) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("status", "--farm", farm));
        arguments.addAll(List.of(credentials));
        try (FarmProcess process = FarmProcess.start(directory, arguments.toArray(String[]::new))) {
            assertThat(process.awaitEnd()).as(process.errors()).isEqualTo(102);
            return process.errors();
        }
    }

    /** What comes of a TLS connection that shows no certificate. */
    private static Exception withoutCertificate() throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[]{new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authentication) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authentication) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }}, null);
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(coordinator.getHost(),
                coordinator.getMappedPort(PORT))) {
            socket.startHandshake();
            socket.getOutputStream().write("PRI".getBytes(StandardCharsets.US_ASCII));
            int got = socket.getInputStream().read();
            return new IOException("it answered: " + got);
        } catch (IOException e) {
            return e;
        }
    }
}
