package io.farmhand.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.dflib.DataFrame;
import org.dflib.Series;
import org.junit.jupiter.api.Test;

class ConcatenationTest {
    private static Series<?> joined(Series<?>... series) {
        return Concatenation.series(List.of(series));
    }

    @Test
    void primitivesStayWhatAllOfThemAre() {
        Same.assertSame(joined(Series.ofInt(1), Series.ofInt(2, 3)), Series.ofInt(1, 2, 3), "ints");
        Same.assertSame(joined(Series.ofInt(1), Series.ofLong(2)), Series.ofLong(1, 2), "ints and longs");
        Same.assertSame(joined(Series.ofLong(1), Series.ofDouble(0.5)), Series.ofDouble(1, 0.5), "longs and doubles");
        Same.assertSame(joined(Series.ofFloat(1), Series.ofFloat(2)), Series.ofFloat(1, 2), "floats");
        Same.assertSame(joined(Series.ofFloat(0.5f), Series.ofInt(2)), Series.ofDouble(0.5, 2), "floats and ints");
        Same.assertSame(joined(Series.ofBool(true), Series.ofBool(false)), Series.ofBool(true, false), "booleans");
        Same.assertSame(joined(Series.ofBool(true), Series.ofInt(1)), Series.of((Object) true, 1), "both");
        Same.assertSame(joined(Series.of("a"), Series.of((Object) null)), Series.of("a", null), "objects");
        Same.assertSame(joined(Series.ofInt(1), Series.of("a")), Series.of((Object) 1, "a"), "ints and objects");
        Same.assertSame(joined(Series.of(), Series.ofInt(1), Series.of()), Series.ofInt(1), "empty ones");
    }

    @Test
    void framesAreJoinedByTheirLabels() {
        DataFrame one = DataFrame.byColumn("a", "b").of(Series.ofInt(1), Series.of("x"));
        DataFrame other = DataFrame.byColumn("b", "c").of(Series.of("y"), Series.ofDouble(2));
        Same.assertSame(Frames.concat(List.of(one, other)), DataFrame.byColumn("a", "b", "c").of(
                Series.of((Object) 1, null), Series.of("x", "y"), Series.of((Object) null, 2.0)), "two");
        assertThat(Frames.concat(List.of())).isNotNull();
        assertThat(Frames.concat(List.of(one))).isSameAs(one);
    }

    @Test
    void partsHaveTheHeightsOfNumpyAndMakeTheFrameAgain() {
        DataFrame frame = DataFrame.byColumn("a", "b").of(Series.ofInt(1, 2, 3, 4, 5, 6, 7, 8),
                Series.of("a", "b", "c", "d", "e", "f", "g", "h"));
        for (int parts = 1; parts < 12; parts++) {
            List<DataFrame> split = Frames.split(frame, Split.into(parts));
            assertThat(split).hasSize(parts);
            Same.assertSame(Frames.concat(split), frame, "parts=" + parts);
            List<DataFrame> byRows = Frames.split(frame, Split.byRows(parts));
            assertThat(byRows).hasSize(Math.ceilDiv(8, parts));
            Same.assertSame(Frames.concat(byRows), frame, "rows=" + parts);
        }
        assertThat(Frames.split(frame, Split.into(3)).stream().map(DataFrame::height)).containsExactly(3, 3, 2);
        assertThat(Frames.split(frame, Split.byRows(5)).stream().map(DataFrame::height)).containsExactly(5, 3);
        assertThat(Split.into(12).withRows(frame)).hasSize(8);
        assertThat(Split.into(3).withRows(frame.head(0))).hasSize(1);
    }

    @Test
    void refusesNoParts() {
        assertThatThrownBy(() -> Split.into(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parts=0");
        assertThatThrownBy(() -> Split.byRows(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows=-1");
    }
}
