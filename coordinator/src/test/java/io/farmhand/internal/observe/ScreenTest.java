package io.farmhand.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands on a terminal, or in a log, after what was written to it. */
@Timeout(60)
class ScreenTest {
    private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private final Screen terminal = new Screen(out, true, clock::get);
    private final Screen log = new Screen(out, false, clock::get);

    private void pass(double seconds) {
        clock.addAndGet((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    /** What a terminal shows. */
    private List<String> shown() {
        return Emulator.of(text());
    }

    /** Understands what a {@link Screen} says, and nothing else. */
    private static final class Emulator {
        private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        private int row;
        private int column;

        static List<String> of(String text) {
            Emulator emulator = new Emulator();
            for (int at = 0; at < text.length();) {
                at = emulator.step(text, at);
            }
            return emulator.lines.stream().map(line -> line.toString().stripTrailing()).toList();
        }

        private int step(String text, int at) {
            char c = text.charAt(at);
            if (c == '\u001b') {
                int end = at + 2;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                control(text.substring(at + 2, end + 1));
                return end + 1;
            }
            if (c == '\r') {
                column = 0;
            } else if (c == '\n') {
                row++;
                column = 0;
                if (row == lines.size()) {
                    lines.add(new StringBuilder());
                }
            } else {
                StringBuilder line = lines.get(row);
                while (line.length() <= column) {
                    line.append(' ');
                }
                line.setCharAt(column++, c);
            }
            return at + 1;
        }

        private void control(String sequence) {
            switch (sequence) {
                case "J" -> {
                    lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                    lines.subList(row + 1, lines.size()).clear();
                }
                case "?7l", "?7h" -> {
                    // Lines are cut, or not.
                }
                default -> {
                    assertThat(sequence).endsWith("A");
                    row -= Integer.parseInt(sequence.substring(0, sequence.length() - 1));
                }
            }
        }
    }

    // ---- a terminal ----

    @Test
    void drawsTheSameLineAgain() {
        try (ProgressBar bar = new ProgressBar(terminal, 10, () -> 2)) {
            terminal.tick();
            assertThat(shown()).singleElement().asString().startsWith("  0% [");
            bar.add(5, 1);
            pass(2);
            terminal.tick();
            assertThat(shown()).singleElement().asString().startsWith(" 50% [###")
                    .endsWith("] 5/10 | 2.5/s | 0:02 left | 2 busy | 1 failed");
            bar.add(5, 0);
            pass(2);
        }
        assertThat(shown()).hasSize(2).last().isEqualTo("");
        assertThat(shown().get(0)).startsWith("100% [####").endsWith("10/10 | 2.5/s | took 0:04 | 1 failed");
    }

    @Test
    void learnsTheTotalLater() {
        try (ProgressBar bar = new ProgressBar(terminal, ProgressBar.UNKNOWN, () -> -1)) {
            bar.add(5, 0);
            pass(1);
            terminal.tick();
            assertThat(shown()).containsExactly("5 done | 5.0/s | 0:01 | 0 failed");
            bar.total(10);
            terminal.tick();
            assertThat(shown()).singleElement().asString().startsWith(" 50% [");
        }
    }

    @Test
    void whatOthersPrintComesAbove() {
        try (ProgressBar bar = new ProgressBar(terminal, 10, () -> 2)) {
            terminal.tick();
            terminal.above(() -> out.print("hello\n"));
            bar.add(1, 0);
            terminal.above(() -> out.print("world\n"));
            assertThat(shown()).hasSize(3).startsWith("hello", "world");
            assertThat(shown().get(2)).startsWith(" 10% [");
            terminal.print("two\nlines\n");
            assertThat(shown()).hasSize(5).startsWith("hello", "world", "two", "lines");
        }
        terminal.above(() -> out.print("after\n"));
        assertThat(shown().subList(5, 7)).containsExactly("after", "");
    }

    @Test
    void nothingIsDrawnWhileOthersPrint() {
        try (ProgressBar bar = new ProgressBar(terminal, 10, () -> 2)) {
            terminal.tick();
            terminal.above(() -> {
                out.print("begun, ");
                bar.add(1, 0);
                terminal.tick();
                terminal.above(() -> out.print("and "));
                terminal.tick();
                out.print("ended\n");
            });
            assertThat(shown()).hasSize(2).startsWith("begun, and ended");
            assertThat(shown().get(1)).startsWith(" 10% [");
        }
    }

    @Test
    void severalStandBelowEachOther() {
        ProgressBar first = new ProgressBar(terminal, 10, () -> 2);
        ProgressBar second = new ProgressBar(terminal, 20, () -> 2);
        terminal.tick();
        second.add(1, 0);
        terminal.tick();
        terminal.above(() -> out.print("hello\n"));
        assertThat(shown()).hasSize(3).startsWith("hello");
        assertThat(shown().get(1)).contains(" 0/10 ");
        assertThat(shown().get(2)).contains(" 1/20 ");
        second.close();
        assertThat(shown()).hasSize(3);
        assertThat(shown().get(1)).contains(" 1/20 ").contains("took");
        assertThat(shown().get(2)).contains(" 0/10 ");
        first.close();
        first.close();
        assertThat(shown()).hasSize(4);
        assertThat(shown().get(2)).contains(" 0/10 ").contains("took");
    }

    @Test
    void aSmallTerminalIsNotFilled() {
        List<ProgressBar> bars = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            bars.add(new ProgressBar(terminal, 10, () -> 2));
        }
        terminal.tick();
        assertThat(shown()).hasSize(10);
        bars.forEach(ProgressBar::close);
        assertThat(shown()).hasSize(31);
    }

    // ---- a log ----

    @Test
    void aLogGetsALineEveryTenSecondsAndOneAtTheEnd() {
        try (ProgressBar bar = new ProgressBar(log, 100, () -> 2)) {
            for (int i = 0; i < 25; i++) {
                pass(1);
                bar.add(1, 0);
                log.tick();
                log.above(() -> out.print(""));
            }
        }
        assertThat(text().lines()).containsExactly("Done 10 of 100 (10%) | 1.0/s | 1:30 left | 2 busy | 0 failed",
                "Done 20 of 100 (20%) | 1.0/s | 1:20 left | 2 busy | 0 failed",
                "Done 25 of 100 (25%) | 1.0/s | took 0:25 | 0 failed");
    }

    @Test
    void aLogHasNothingForTerminalsInIt() {
        try (ProgressBar bar = new ProgressBar(log, ProgressBar.UNKNOWN, () -> 2)) {
            bar.add(3, 3);
            log.print("a table\n");
        }
        assertThat(text()).isEqualTo("a table\nDone 3 | took 0:00 | 3 failed\n");
    }

    // ---- its thread ----

    @Test
    void drawsByItselfForAsLongAsThereAreBars() {
        Screen screen = new Screen(out, true);
        try (ProgressBar bar = new ProgressBar(screen, 10, () -> 2)) {
            bar.add(1, 0);
            await().atMost(Duration.ofSeconds(30)).until(() -> text().contains(" 10% ["));
            assertThat(drawers()).isNotEmpty().allMatch(Thread::isDaemon);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> drawers().isEmpty());
    }

    private static List<Thread> drawers() {
        return Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals("farm-progress"))
                .toList();
    }
}
