package io.farmhand.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void textAndColoursStay() {
        for (String line : new String[]{"", "plain, \u00e4\u20ac\ud83d\ude00 and\ttabs", "\u001b[1;31mred\u001b[0m"}) {
            assertThat(Terminal.tame(line)).isEqualTo(line);
        }
    }

    @Test
    void whatMovesErasesOrRingsIsLeftOut() {
        assertThat(Terminal.tame("\u001b[2K\u001b[1A\u001b[2Kgone")).isEqualTo("gone");
        assertThat(Terminal.tame("a\u0007b\bc\u009b2Jd")).isEqualTo("abc2Jd");
        assertThat(Terminal.tame("\u001b]0;a title\u0007text\u001b]8;;link\u001b\\end")).isEqualTo("textend");
        assertThat(Terminal.tame("\u001bcreset\u001b[?25l, cut off \u001b")).isEqualTo("reset, cut off ");
    }

    @Test
    void ofALineThatWasWrittenOverTheLastStateIsShown() {
        assertThat(Terminal.tame(" 10%\r 50%\r100%")).isEqualTo("100%");
        assertThat(Terminal.tame("of another system\r")).isEqualTo("of another system");
    }
}
