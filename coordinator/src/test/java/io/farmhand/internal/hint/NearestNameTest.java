package io.farmhand.internal.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({"map, map, 0", "mpa, map, 1", "Map, map, 0", "lines, line, 1", "kitten, sitting, 3", "ab, '', 2",
            "'', ab, 2", "ca, abc, 3"})
    void countsInsertionsDeletionsSubstitutionsAndSwaps(String left, String right, int distance) {
        assertThat(NearestName.distance(left, right)).isEqualTo(distance);
    }

    @Test
    void givesTheNearest() {
        assertThat(NearestName.of("lnies.txt", Stream.of("lanes.txt", "lines.txt", "x"))).contains("lines.txt");
    }

    @Test
    void givesNothingWhereNothingIsNear() {
        assertThat(NearestName.of("lines.txt", Stream.of("report.csv", "x", ""))).isEmpty();
    }
}
