package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.Account;
import io.farmhand.internal.proto.Exited;
import io.farmhand.internal.proto.Kill;
import io.farmhand.internal.proto.Launched;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.Progress;
import io.farmhand.internal.proto.Share;
import io.farmhand.internal.proto.Start;
import io.farmhand.internal.proto.StatusTold;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.grpc.Status;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who has which seat: the agents, the clients, and the lines between them. Single-threaded, without a clock or a thread of its
 * own; whoever drives it calls {@link #rotate} now and then.
 *
 * <p><b>Sharing.</b> Each client has a target, by {@link Shares}. A share shrinks to its target at once, and grows only
 * into seats that are free: a worker that is too many finishes what it has begun first. A client without work keeps its
 * workers while nobody else wants the seats. Where there are more clients with work than seats, those that have none take the turn of
 * the others at the next {@link #rotate}.
 *
 * <p><b>Javas.</b> A client's workers are only in seats of agents whose Java runs its code. A worker is put where fewest
 * clients could be; but it is not moved, so a client of which few agents run the code may have to wait for those who sit there
 * while other seats are free. It is told so.
 */
final class Switchboard {
    private static final System.Logger LOG = System.getLogger(Switchboard.class.getName());
    private static final int SECRET_BYTES = 16;
    /** An agent that could not start a worker of a client so often is given no more of them, as long as others can. */
    private static final int MOST_FAILED_STARTS = 2;
    /** After so many turns it is tried again. */
    private static final int TURNS_TO_FORGIVE = 12;

    private final LongSupplier nanoTime;
    private final Tunnels tunnels;
    private final SecureRandom random = new SecureRandom();
    private final List<AgentSeats> agents = new ArrayList<>();
    /** In the order in which what cannot be divided is given to them. */
    private final List<Borrower> clients = new ArrayList<>();
    /** Concurrent, since {@link #line} is for any thread. */
    private final Map<Long, Line> lines = new ConcurrentHashMap<>();
    private final long startedNanos;
    private long turns;
    private long lastLine;
    private long lastClient;

    /** @param tunnels those of its lines, which it owns from now on */
    Switchboard(LongSupplier nanoTime, Tunnels tunnels) {
        this.nanoTime = nanoTime;
        this.tunnels = tunnels;
        this.startedNanos = nanoTime.getAsLong();
    }

    // ---- agents ----

    /** An agent lends its seats. */
    AgentSeats joined(String name, String address, int seats, int javaVersion, Consumer<ToAgent> out) {
        AgentSeats agent = new AgentSeats(uniqueName(name), address, seats, javaVersion, nanoTime.getAsLong(), out);
        agents.add(agent);
        share();
        return agent;
    }

    private String uniqueName(String wanted) {
        String name = wanted;
        for (int i = 2; hasAgent(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    private boolean hasAgent(String name) {
        return agents.stream().anyMatch(agent -> agent.name.equals(name));
    }

    /** An agent is told to end. */
    void retiring(AgentSeats agent) {
        agent.retiring = true;
        share();
    }

    /** An agent has gone, and all its workers with it. */
    void left(AgentSeats agent, String why) {
        if (!agents.remove(agent)) {
            return;
        }
        clients.forEach(client -> client.failedStarts.remove(agent));
        List<Line> lost = List.copyOf(agent.lines.values());
        agent.lines.clear();
        lost.forEach(line -> {
            lines.remove(line.id);
            if (line.client != null) {
                line.client.lines.remove(line.id);
            }
        });
        share(); // so that nobody launches in their place what has no place
        for (Line line : lost) {
            line.relay.end(Status.UNAVAILABLE.withDescription(why));
            tunnels.lineEnded(line, "the worker's host was lost");
            tellExit(line, notThere(line.id, "Its host " + agent.name + " has left the farm: " + why + "."));
        }
    }

    private static Exited notThere(long line, String hint) {
        return Exited.newBuilder().setLine(line).setExitCode(-1).setHint(hint)
                .setBegun(Progress.newBuilder().setAttempt(Begun.UNKNOWN.attempt()).setItem(Begun.NOTHING)).build();
    }

    /** A worker has ended, and its seat is free. */
    void exited(AgentSeats agent, Exited exit) {
        Line line = agent.lines.remove(exit.getLine());
        if (line == null) {
            return;
        }
        lines.remove(line.id);
        line.relay.workerExited();
        tunnels.lineEnded(line, "the worker has exited");
        if (line.client != null) {
            line.client.lines.remove(line.id);
            if (exit.getFailedStart()) {
                failedStart(line.client, agent, exit.getDetails());
            }
        }
        tellExit(line, exit);
        share();
    }

    private static void failedStart(Borrower client, AgentSeats agent, String why) {
        if (client.failedStarts.merge(agent, 1, Integer::sum) == MOST_FAILED_STARTS) {
            LOG.log(System.Logger.Level.WARNING,
                    "Worker {0} cannot start JVMs of client {1}, which gets others for a while,"
                            + " where there are any: {2}",
                    agent.name, client.opening.getName(), why);
        }
    }

    /** Whether an agent's seats are for a client: its Java runs the code, and it can start workers, if any agent can. */
    private boolean suits(Borrower client, AgentSeats agent) {
        return client.fits(agent) && (!isShunned(client, agent)
                || agents.stream().noneMatch(other -> client.fits(other) && !isShunned(client, other)));
    }

    private static boolean isShunned(Borrower client, AgentSeats agent) {
        return client.failedStarts.getOrDefault(agent, 0) >= MOST_FAILED_STARTS;
    }

    private static void tellExit(Line line, Exited exit) {
        if (line.client != null) {
            line.client.out.accept(ToClient.newBuilder().setExited(exit).build());
        }
    }

    /** Passes on to a worker's client what its agent tells of it. */
    void pass(AgentSeats agent, long line, ToClient told) {
        Line found = agent.lines.get(line);
        if (found != null && found.client != null) {
            found.client.out.accept(told);
        }
    }

    // ---- clients ----

    /** A client wants workers. */
    Borrower opened(Opening opening, String address, Consumer<ToClient> out) {
        Borrower client = new Borrower(++lastClient, opening, address, nanoTime.getAsLong(), out);
        clients.add(client);
        client.demand = opening.getWorkers() == 0 ? Integer.MAX_VALUE : opening.getWorkers();
        share();
        return client;
    }

    /** A client has gone: its workers are ended. */
    void left(Borrower client) {
        if (!clients.remove(client)) {
            return;
        }
        for (Line line : client.lines.values()) {
            line.client = null;
            line.relay.end(Status.CANCELLED.withDescription("the client has gone"));
            tunnels.lineEnded(line, "the client has gone");
            kill(line);
        }
        client.lines.clear();
        client.waiting.forEach(line -> {
            lines.remove(line.id);
            line.relay.end(Status.CANCELLED.withDescription("the client has gone"));
        });
        client.waiting.clear();
        tunnels.left(client);
        share();
    }

    void demand(Borrower client, int workers) {
        client.demand = Math.max(0, workers);
        share();
    }

    void account(Borrower client, Account account) {
        long now = nanoTime.getAsLong();
        double seconds = (now - client.accountNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        if (seconds > 0) {
            client.itemsPerSecond = (account.getItemsDone() - client.account.getItemsDone()) / seconds;
        }
        client.account = account;
        client.accountNanos = now;
    }

    /** A client launches a worker; while there is no seat for it, it waits. */
    void launch(Borrower client, WorkerId worker) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        Line line = new Line(++lastLine, secret, worker, client);
        lines.put(line.id, line);
        client.out.accept(ToClient.newBuilder()
                .setLaunched(Launched.newBuilder()
                        .setLine(line.id)
                        .setWorker(worker.number())
                        .setGeneration(worker.generation())
                        .setSecret(ByteString.copyFrom(secret)))
                .build());
        client.waiting.add(line);
        seat(client);
        hint(client);
    }

    private void seat(Borrower client) {
        while (!client.waiting.isEmpty() && client.lines.size() < client.share) {
            AgentSeats agent = place(client);
            if (agent == null) {
                return;
            }
            Line line = client.waiting.remove();
            line.agent = agent;
            agent.lines.put(line.id, line);
            client.lines.put(line.id, line);
            agent.out.accept(start(line, client));
        }
    }

    /** Of the agents that suit and have a free seat that which fewest clients fit, and of those the freest. */
    private @Nullable AgentSeats place(Borrower client) {
        return agents.stream().filter(agent -> agent.free() > 0 && suits(client, agent))
                .min(Comparator.<AgentSeats>comparingInt(agent -> client.failedStarts.getOrDefault(agent, 0))
                        .thenComparingLong(agent -> clients.stream().filter(each -> each.fits(agent)).count())
                        .thenComparing(Comparator.comparingInt(AgentSeats::free).reversed()))
                .orElse(null);
    }

    private static ToAgent start(Line line, Borrower client) {
        return ToAgent.newBuilder()
                .setStart(Start.newBuilder()
                        .setLine(line.id)
                        .setWorker(line.worker.number())
                        .setGeneration(line.worker.generation())
                        .setClient(client.id)
                        .setSecret(ByteString.copyFrom(line.secret))
                        .addAllJars(client.opening.getJarsList())
                        .setOptions(client.opening.getOptions()))
                .build();
    }

    /** A client kills a worker. */
    void kill(Borrower client, long id) {
        Line line = lines.get(id);
        if (line == null || !client.equals(line.client)) {
            return;
        }
        if (client.waiting.remove(line)) {
            lines.remove(id);
            line.relay.end(Status.CANCELLED.withDescription("the worker was not needed any more"));
            tellExit(line, notThere(id, "The worker was not needed any more before there was a seat for it."));
        } else {
            kill(line);
        }
    }

    /** Tells a worker's agent what its client says of it. */
    void tell(Borrower client, long id, ToAgent said) {
        Line line = lines.get(id);
        if (line != null && client.equals(line.client) && line.agent != null) {
            line.agent.out.accept(said);
        }
    }

    private static void kill(Line line) {
        Objects.requireNonNull(line.agent, "a worker without a seat").out
                .accept(ToAgent.newBuilder().setKill(Kill.newBuilder().setLine(line.id)).build());
    }

    // ---- lines ----

    /** A line, for whoever shows its secret; for any thread, which touches only what is final of it. */
    @Nullable
    Line line(LineKey key) {
        Line found = lines.get(key.line());
        return found != null && MessageDigest.isEqual(found.secret, key.secret().toByteArray()) ? found : null;
    }

    /** The tunnels of its lines. */
    Tunnels tunnels() {
        return tunnels;
    }

    // ---- sharing ----

    /** How many agents there are. */
    int agents() {
        return agents.size();
    }

    /** How many clients there are. */
    int clients() {
        return clients.size();
    }

    /** How many seats there are in all. */
    int seats() {
        return agents.stream().mapToInt(agent -> agent.retiring ? 0 : agent.seats).sum();
    }

    /** How many seats there are whose Java runs a client's code. */
    private int seats(Borrower client) {
        return agents.stream().filter(agent -> suits(client, agent)).mapToInt(agent -> agent.retiring ? 0 : agent.seats)
                .sum();
    }

    private int wanted(Borrower client) {
        return client.wanted(seats(client));
    }

    /** The Java of an agent that runs a client's code, or the highest if none does; 0 while there are no agents. */
    int javaVersion(Borrower client) {
        return agents.stream().filter(client::fits).mapToInt(agent -> agent.javaVersion).findFirst()
                .orElse(agents.stream().mapToInt(agent -> agent.javaVersion).max().orElse(0));
    }

    /** Somebody has waited long enough without any seat: the others' turn is over. */
    void rotate() {
        if (++turns % TURNS_TO_FORGIVE == 0) {
            clients.forEach(client -> client.failedStarts.clear());
            share();
        }
        boolean isNeeded = clients.stream().anyMatch(client -> wanted(client) > 0 && client.share == 0);
        if (isNeeded && clients.size() > 1) {
            List<Borrower> served = clients.stream().filter(client -> client.share > 0).toList();
            clients.removeAll(served);
            clients.addAll(served);
            share();
        }
    }

    private void share() {
        int seats = seats();
        int[] shares = Shares.of(seats, clients.stream().mapToInt(this::wanted).toArray());
        int unwanted = seats;
        for (int share : shares) {
            unwanted -= share;
        }
        int free = seats;
        int[] held = new int[shares.length];
        for (int i = 0; i < shares.length; i++) {
            Borrower client = clients.get(i);
            int seated = (int) client.lines.values().stream().filter(line -> line.agent != null && !line.agent.retiring)
                    .count();
            if (wanted(client) == 0) {
                shares[i] = Math.min(seated, unwanted);
                unwanted -= shares[i];
            }
            held[i] = Math.max(seated, Math.min(client.share, shares[i]));
            free -= held[i];
        }
        for (int i = 0; i < shares.length; i++) {
            int more = Math.clamp(shares[i] - held[i], 0, Math.max(0, free));
            free -= more;
            grant(clients.get(i), Math.min(shares[i], held[i] + more));
        }
        clients.forEach(this::seat);
        clients.forEach(this::hint);
    }

    /** Tells a client whose work waits though there are seats why that is. */
    private void hint(Borrower client) {
        int all = seats();
        int fitting = seats(client);
        String hint = "";
        if (client.demand > 0 && fitting < all) {
            String javas = agents.stream().map(agent -> agent.javaVersion).distinct().sorted().map(String::valueOf)
                    .collect(Collectors.joining(","));
            if (fitting == 0) {
                hint = "none of its seats=%d fits, since the code needs %s, and its workers have java=%s."
                        .formatted(all, client.javas, javas)
                        + " Run workers on such a Java, or compile the code for theirs.";
            } else if (client.lines.isEmpty() && !client.waiting.isEmpty()) {
                hint = "its seats=%d that fit are taken; the code needs %s, and its workers have java=%s."
                        .formatted(fitting, client.javas, javas);
            }
        }
        if (!hint.equals(client.hint)) {
            client.hint = hint;
            client.out.accept(ToClient.newBuilder().setShare(Share.newBuilder().setWorkers(client.share).setHint(hint))
                    .build());
        }
    }

    private static void grant(Borrower client, int share) {
        if (client.share != share) {
            client.share = share;
            client.out.accept(ToClient.newBuilder().setShare(Share.newBuilder().setWorkers(share)).build());
        }
    }

    // ---- people ----

    StatusTold status() {
        long now = nanoTime.getAsLong();
        StatusTold.Builder status = StatusTold.newBuilder()
                .setUptimeMillis(TimeUnit.NANOSECONDS.toMillis(now - startedNanos));
        for (AgentSeats agent : agents) {
            status.addAgents(StatusTold.AgentStatus.newBuilder()
                    .setName(agent.name)
                    .setAddress(agent.address)
                    .setSeats(agent.seats)
                    .setBusy(agent.lines.size())
                    .setJavaVersion(agent.javaVersion)
                    .setJoinedMillisAgo(TimeUnit.NANOSECONDS.toMillis(now - agent.joinedNanos)));
        }
        for (Borrower client : clients) {
            status.addClients(StatusTold.ClientStatus.newBuilder()
                    .setName(client.opening.getName())
                    .setAddress(client.address)
                    .setWanted(wanted(client))
                    .setShare(client.share)
                    .setWorkers(client.lines.size())
                    .setJobs(client.account.getJobs())
                    .setItemsDone(client.account.getItemsDone())
                    .setItemsPerSecond(client.itemsPerSecond)
                    .setTunnels(client.tunnels)
                    .setOpenedMillisAgo(TimeUnit.NANOSECONDS.toMillis(now - client.openedNanos)));
        }
        return status.build();
    }
}
