package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShippingAdviceTest {
    @Test
    void tellsWhenShippingCostsMoreThanComputing() {
        assertThat(ShippingAdvice.of(1000, 2_000_000, 35_000_000, 0, 2, 0)).contains(
                "Shipping an item cost 35 us and computing it 2 us: larger batches, or .backend(THREADS), would be faster.");
        assertThat(ShippingAdvice.of(10, 1_234_567, 25_000_000_000L, 0, 2, 15_360)).contains(
                "Shipping an item (1.5 KiB) cost 2.5 s and computing it 123 us: larger batches, or .backend(THREADS), would"
                        + " be faster.");
    }

    @Test
    void countsTheTimeInWhichNoWorkerComputed() {
        assertThat(ShippingAdvice.of(100, 1_000_000, 0, 10_000_000, 1, 0)).hasValueSatisfying(
                advice -> assertThat(advice).contains("cost 90 us and computing it 10 us"));
    }

    @Test
    void saysNothingWhenThereIsNothingToSay() {
        assertThat(ShippingAdvice.of(1000, 35_000_000, 2_000_000, 20_000_000, 2, 0)).isEmpty();
        assertThat(ShippingAdvice.of(0, 0, 0, 0, 2, 0)).isEmpty();
        assertThat(ShippingAdvice.of(9, 1, 1_000_000, 0, 2, 0)).isEmpty();
    }
}
