package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class VitalSignsTest {
    @Test
    void readsTheResidentMemoryOfAStatusFile() {
        assertThat(VitalSigns.residentBytes("Name:\tjava\nVmRSS:\t   12345 kB\nRssAnon:\t 1 kB\n")).isEqualTo(
                12345L * 1024);
        assertThat(VitalSigns.residentBytes("Name:\tjava\n")).isZero();
        assertThat(VitalSigns.residentBytes("Name:\tjava\nVmRSS:")).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tellsTheResidentMemoryOfThisJvm() {
        assertThat(VitalSigns.residentBytes()).isBetween(10L << 20, 100L << 30);
    }
}
