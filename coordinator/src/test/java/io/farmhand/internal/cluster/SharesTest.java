package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {
    @Test
    void givesAllWhatTheyWantWhereThereIsEnough() {
        assertThat(Shares.of(10, new int[]{3, 0, 5})).containsExactly(3, 0, 5);
        assertThat(Shares.of(0, new int[]{3})).containsExactly(0);
        assertThat(Shares.of(5, new int[0])).isEmpty();
    }

    @Test
    void dividesEvenlyWhatIsTooLittle() {
        assertThat(Shares.of(9, new int[]{100, 100, 100})).containsExactly(3, 3, 3);
        assertThat(Shares.of(10, new int[]{100, 1, 100})).containsExactly(5, 1, 4);
        assertThat(Shares.of(2, new int[]{1, 1, 1})).containsExactly(1, 1, 0);
    }

    /** Max-min fairness: whoever has less than it wants has as much as anybody, but for the one seat that cannot be divided. */
    @Test
    void nobodyHasLessSoThatAnotherHasMore() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            int seats = random.nextInt(40);
            int[] demands = random.ints(random.nextInt(8), 0, 20).toArray();
            int[] shares = Shares.of(seats, demands);
            int most = Arrays.stream(shares).max().orElse(0);
            assertThat(Arrays.stream(shares).sum()).isEqualTo(Math.min(seats, Arrays.stream(demands).sum()));
            for (int client = 0; client < demands.length; client++) {
                assertThat(shares[client]).isBetween(0, demands[client]);
                if (shares[client] < demands[client]) {
                    assertThat(shares[client]).isGreaterThanOrEqualTo(most - 1);
                }
            }
        }
    }
}
