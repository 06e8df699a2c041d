package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.Exited;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.Start;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose worker gets which seat, where not every agent's Java runs every client's code. */
class SwitchboardTest {
    private final Switchboard switchboard = new Switchboard(() -> 0, new Tunnels(Quotas.DEFAULT));

    /** An agent, and what it was told. */
    private final class Host {
        final List<ToAgent> told = new ArrayList<>();
        final AgentSeats seats;

        Host(int seats, int java) {
            this.seats = switchboard.joined("host", "address", seats, java, told::add);
        }

        List<Long> started() {
            return told.stream().filter(ToAgent::hasStart).map(ToAgent::getStart).map(Start::getLine).toList();
        }
    }

    /** A client, and what it was told. */
    private final class Client {
        final List<ToClient> told = new ArrayList<>();
        final Borrower borrower;
        private int launched;

        Client(int java, int newest) {
            borrower = switchboard.opened(
                    Opening.newBuilder().setName("client").setJavaVersion(java).setNewestJavaVersion(newest).build(),
                    "address", told::add);
        }

        Client launch(int workers) {
            for (int i = 0; i < workers; i++) {
                switchboard.launch(borrower, new WorkerId(launched++, 0));
            }
            return this;
        }

        int share() {
            return told.stream().filter(ToClient::hasShare).toList().getLast().getShare().getWorkers();
        }

        String hint() {
            return told.stream().filter(ToClient::hasShare).toList().getLast().getShare().getHint();
        }
    }

    @Test
    void workersAreOnlyOnAgentsWhoseJavaRunsTheirCode() {
        Host old = new Host(4, 25);
        Host young = new Host(2, 26);
        Client client = new Client(26, 0).launch(3);
        assertThat(client.share()).isEqualTo(2);
        assertThat(young.started()).hasSize(2);
        assertThat(old.started()).isEmpty();
        assertThat(client.hint()).isEmpty();
        assertThat(switchboard.javaVersion(client.borrower)).isEqualTo(26);
    }

    @Test
    void previewFeaturesAreThoseOfOneJava() {
        Host young = new Host(2, 26);
        Host old = new Host(2, 25);
        Client client = new Client(25, 25).launch(2);
        assertThat(old.started()).hasSize(2);
        assertThat(young.started()).isEmpty();
        assertThat(client.share()).isEqualTo(2);
    }

    @Test
    void aClientThatNoSeatFitsIsToldWhy() {
        Client client = new Client(26, 0);
        assertThat(client.told).isEmpty();
        assertThat(switchboard.javaVersion(client.borrower)).isZero();
        Host old = new Host(2, 25);
        assertThat(switchboard.javaVersion(client.borrower)).isEqualTo(25);
        assertThat(client.share()).isZero();
        assertThat(client.hint()).contains("seats=2", "java=26 or later", "java=25");
        client.launch(1);
        assertThat(old.started()).isEmpty();
        assertThat(client.told.stream().filter(ToClient::hasShare)).as("it is told once").hasSize(1);

        Host young = new Host(1, 27);
        assertThat(young.started()).hasSize(1);
        assertThat(client.share()).isEqualTo(1);
        assertThat(client.hint()).isEmpty();
    }

    @Test
    void seatsThatOnlyOneClientCannotUseGoToTheOthers() {
        Host old = new Host(2, 25);
        Client picky = new Client(26, 0);
        Client other = new Client(0, 0).launch(2);
        assertThat(other.share()).isEqualTo(2);
        assertThat(old.started()).hasSize(2);
        assertThat(picky.hint()).contains("seats=2");
    }

    @Test
    void whoeverFitsAnywhereLeavesRareSeatsToOthers() {
        Host young = new Host(3, 26);
        Host old = new Host(2, 25);
        Client picky = new Client(26, 0);
        Client _ = new Client(0, 0).launch(2);
        assertThat(old.started()).hasSize(2);
        picky.launch(3);
        assertThat(young.started()).hasSize(3);
    }

    @Test
    void whoeverMustWaitForRareSeatsIsToldSo() {
        Host young = new Host(1, 26);
        Client other = new Client(0, 0).launch(1);
        assertThat(young.started()).hasSize(1);
        new Host(1, 25);
        Client picky = new Client(26, 0).launch(1);
        assertThat(picky.hint()).contains("seats=1 that fit are taken", "java=26 or later", "java=25,26");
        switchboard.exited(young.seats, Exited.newBuilder().setLine(young.started().getFirst()).build());
        assertThat(young.started()).hasSize(2);
        assertThat(picky.hint()).isEmpty();
        assertThat(other.borrower.lines).isEmpty();
    }

    @Test
    void anAgentThatCannotStartAClientsWorkersGetsNoMoreOfThemForAWhile() {
        Host sick = new Host(2, 25);
        Host well = new Host(1, 25);
        Client client = new Client(0, 0).launch(3);
        assertThat(sick.started()).hasSize(2);
        assertThat(well.started()).hasSize(1);
        for (long line : sick.started()) {
            switchboard.exited(sick.seats,
                    Exited.newBuilder().setLine(line).setExitCode(-1).setFailedStart(true).build());
        }
        assertThat(client.share()).as("seats that it may have").isEqualTo(1);
        client.launch(1);
        assertThat(sick.started()).as("what the sick one was to start").hasSize(2);

        for (int turn = 0; turn < 12; turn++) {
            switchboard.rotate();
        }
        assertThat(client.share()).as("after a minute").isEqualTo(3);
        assertThat(sick.started()).hasSize(3);

        switchboard.left(well.seats, "gone");
        switchboard.exited(sick.seats,
                Exited.newBuilder().setLine(sick.started().getLast()).setFailedStart(true).build());
        client.launch(1);
        assertThat(sick.started()).as("where there is no other").hasSize(4);
    }
}
