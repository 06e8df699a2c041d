package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker that has a network stack of its own, as another host has: what a firewall or a bad line does to a cluster.
 * Needs root, iproute2 and iptables.
 */
@FarmTest(seconds = 180)
@NullUnmarked
class HostsApartTest {
    private static final String NAMESPACE = "farmhand-" + ProcessHandle.current().pid() % 100_000;
    private static final String HERE = "fmhost" + ProcessHandle.current().pid() % 100_000;
    private static final String THERE = "fmpeer" + ProcessHandle.current().pid() % 100_000;
    private static final String OUR_ADDRESS = "10.213.77.1";
    private static final String ITS_ADDRESS = "10.213.77.2";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;
    private final List<FarmProcess> started = new ArrayList<>();
    private String farm;
    private Path jar;

    @BeforeEach
    void makeNetwork() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root may make network namespaces");
        Assumptions.assumeTrue(status("ip", "netns", "add", NAMESPACE) == 0, "network namespaces can be made");
        run("ip", "link", "add", HERE, "type", "veth", "peer", "name", THERE);
        run("ip", "link", "set", THERE, "netns", NAMESPACE);
        run("ip", "addr", "add", OUR_ADDRESS + "/30", "dev", HERE);
        run("ip", "link", "set", HERE, "up");
        inside("ip", "addr", "add", ITS_ADDRESS + "/30", "dev", THERE);
        inside("ip", "link", "set", THERE, "up");
        inside("ip", "link", "set", "lo", "up");
        assertThat(start("certs", "--host", OUR_ADDRESS).awaitEnd()).isZero();
        jar = UserJar.score(directory);
        FarmProcess coordinator = start("coordinator", "--listen", "0.0.0.0:0");
        farm = OUR_ADDRESS + ":" + coordinator.awaitErrors("The coordinator listens: .*:(\\d+)] tls=true");
    }

    @AfterEach
    void endAll() throws Exception {
        started.reversed().forEach(FarmProcess::close);
        status("ip", "netns", "del", NAMESPACE);
        status("ip", "link", "del", HERE);
    }

    private static int status(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) { // there is no such command
            return -1;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(status(command)).as(String.join(" ", command)).isZero();
    }

    private static List<String> namespace() {
        return List.of("ip", "netns", "exec", NAMESPACE);
    }

    private static void inside(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(namespace());
        whole.addAll(List.of(command));
        run(whole.toArray(String[]::new));
    }

    /** A rule for all that comes and goes there. */
    private static void bothWays(String... rule) throws IOException, InterruptedException {
        for (String chain : List.of("INPUT", "OUTPUT")) {
            List<String> whole = new ArrayList<>(List.of("iptables", "-A", chain));
            whole.addAll(List.of(rule));
            inside(whole.toArray(String[]::new));
        }
    }

    private FarmProcess start(String... arguments) throws IOException {
        return startBy(List.of(), arguments);
    }

    private FarmProcess startBy(List<String> prefix, String... arguments) throws IOException {
        FarmProcess process = FarmProcess.startBy(prefix, directory, arguments);
        started.add(process);
        return process;
    }

    private void worker(List<String> prefix, String name) throws IOException {
        startBy(prefix, "worker", "--join", farm, "-j", "1", "--name", name)
                .awaitErrors("Joined the farm at .* as " + name);
    }

    private int workers() throws Exception {
        FarmProcess process = start("status", "--farm", farm, "--json");
        assertThat(process.awaitEnd()).as(process.errors()).isZero();
        return JsonParser.parseString(process.output()).getAsJsonObject().getAsJsonArray("workers").size();
    }

    private FarmProcess submit(int from, int to) throws IOException {
        FarmProcess job = FarmProcess.open(directory, "submit", "--farm", farm, "--jar", jar.toString(),
                "com.acme.Score::slow");
        started.add(job);
        job.write(from, to);
        return job;
    }

    private static void assertWhole(FarmProcess job, int from, int to) throws InterruptedException {
        assertThat(job.awaitEnd()).as(job.errors()).isZero();
        assertThat(job.output()).isEqualTo(UserJar.squares(from, to));
    }

    @Test
    void aTenthOfAllPacketsLostLosesNothing() throws Exception {
        worker(namespace(), "far");
        worker(List.of(), "near");
        bothWays("-m", "statistic", "--mode", "random", "--probability", "0.1", "-j", "DROP");
        FarmProcess job = submit(100, 500);
        assertWhole(job, 100, 500);
    }

    @Test
    void aFirewallThatDropsAllForAWhileLosesNothingAndTheWorkerComesBack() throws Exception {
        worker(namespace(), "far");
        worker(List.of(), "near");
        FarmProcess job = submit(100, 900);
        job.awaitOutput("130 ");
        bothWays("-j", "DROP");
        await().atMost(PATIENCE).until(() -> workers() == 1);
        inside("iptables", "-F");
        await().atMost(PATIENCE).until(() -> workers() == 2);
        assertWhole(job, 100, 900);
    }
}
