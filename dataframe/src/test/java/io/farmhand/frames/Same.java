package io.farmhand.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.frames.ColumnKind;
import org.dflib.DataFrame;
import org.dflib.Series;

/** Whether frames are the same: labels, types and values. */
public final class Same {
    private Same() {}

    /** Fails unless they are. */
    public static void assertSame(DataFrame actual, DataFrame expected, String about) {
        assertThat(actual.getName()).as(about).isEqualTo(expected.getName());
        assertThat(actual.getColumnsIndex().toArray()).as(about).containsExactly(expected.getColumnsIndex().toArray());
        for (int i = 0; i < expected.width(); i++) {
            assertSame(actual.getColumn(i), expected.getColumn(i), about + ", column " + i);
        }
    }

    /** Fails unless they are. */
    public static void assertSame(Series<?> actual, Series<?> expected, String about) {
        assertThat(ColumnKind.ofClass(actual)).as(about).isEqualTo(ColumnKind.ofClass(expected));
        assertThat(actual.toList()).as(about).isEqualTo(expected.toList());
    }
}
