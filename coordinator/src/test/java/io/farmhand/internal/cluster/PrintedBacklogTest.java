package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.proto.Printed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrintedBacklogTest {
    private final PrintedBacklog backlog = new PrintedBacklog();

    private static Printed printed(long line, String text) {
        return Printed.newBuilder().setLine(line).addLines(text).build();
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        for (Printed next = backlog.next(); next != null; next = backlog.next()) {
            all.add(next.getLine() + ": " + next.getLines(0));
        }
        return all;
    }

    @Test
    void givesBackWhatItWasGivenInOrder() {
        backlog.add(printed(1, "one"));
        backlog.add(printed(2, "two"));
        backlog.add(printed(1, "three"));
        assertThat(all()).containsExactly("1: one", "2: two", "1: three");
        assertThat(all()).isEmpty();
    }

    @Test
    void keepsTheLastAndTellsHowManyLinesOfEachWorkerAreMissing() {
        String text = "x".repeat(1_000);
        for (int i = 0; i < 1_000; i++) {
            backlog.add(printed(i % 10 == 0 ? 2 : 1, i + text));
        }
        List<String> all = all();
        List<String> kept = all.subList(2, all.size());
        assertThat(kept).hasSizeBetween(200, 262).last().asString().startsWith("1: 999x");
        assertThat(missing(all.get(0)) + missing(all.get(1))).isEqualTo(1_000 - kept.size());
    }

    private static int missing(String note) {
        assertThat(note).matches("[12]: \\[farmhand: \\d+ lines are missing here, which were printed faster than they "
                + "were taken]");
        return Integer.parseInt(note.substring("1: [farmhand: ".length()).split(" ", 2)[0]);
    }

    @Test
    void letsAWorkersLastWordsOutBeforeItsEnd() {
        backlog.add(printed(1, "one"));
        backlog.add(printed(2, "two"));
        backlog.add(printed(1, "three"));
        assertThat(backlog.last(1)).extracting(last -> last.getLines(0)).containsExactly("one", "three");
        assertThat(all()).containsExactly("2: two");
    }

    @Test
    void takesOneThatIsTooLongForItAsMissing() {
        backlog.add(printed(1, "x".repeat(300 << 10)));
        assertThat(backlog.last(1)).hasSize(1).first().extracting(last -> last.getLines(0)).asString()
                .startsWith("[farmhand: 1 lines are missing");
        assertThat(all()).isEmpty();
    }
}
