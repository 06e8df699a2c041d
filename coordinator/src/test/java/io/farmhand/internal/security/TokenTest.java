package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class TokenTest {
    private static final String TEXT = "0123456789abcdefghijklmnopqrstuvwxyz+/=_-";

    @TempDir
    Path directory;

    private TestParties parties() throws IOException {
        return new TestParties(directory);
    }

    @Test
    void isTheLineOfAFile() throws IOException {
        TestParties parties = parties();
        Token token = Token.read(parties.secret("t", TEXT));
        for (String end : new String[]{"\n", "\r\n"}) {
            assertThat(Token.read(parties.secret("t", TEXT + end)).isSameAs(token)).isTrue();
        }
        assertThat(Token.read(parties.secret("t", TEXT + "x")).isSameAs(token)).isFalse();
    }

    @Test
    void refusesWhatIsNoToken() throws IOException {
        TestParties parties = parties();
        for (String bad : new String[]{"", "\n", "short", TEXT + " ", TEXT + "\n\n", TEXT + "\n" + TEXT, " " + TEXT,
                "\u00e9" + TEXT, "\ufeff" + TEXT, TEXT.repeat(30), TEXT.substring(0, 31)}) {
            assertThatThrownBy(() -> Token.read(parties.secret("t", bad))).as("'%s'", bad)
                    .isInstanceOf(SecuritySetupException.class).hasMessageContaining("farm certs")
                    .hasMessageNotContaining("abcdef");
        }
    }

    @Test
    void isMadeAtRandomAndLongEnough() throws IOException {
        String one = Token.newText(new SecureRandom());
        assertThat(one).hasSize(43).isNotEqualTo(Token.newText(new SecureRandom()));
        assertThat(Token.read(parties().secret("t", one + "\n"))).hasToString("Token[not shown]");
    }

    @Test
    void isNotTheSameForTwoRoles() throws IOException {
        Token token = parties().workerToken;
        assertThatThrownBy(() -> new Tokens(token, token)).isInstanceOf(SecuritySetupException.class);
        assertThat(new Tokens(token, parties().clientToken)).hasToString("Tokens[WORKER, CLIENT]");
    }

    @Test
    void isProvedByNothingButItself() throws IOException {
        TestParties parties = parties();
        byte[] proof = TokenProof.of(parties.workerToken, null);
        assertThat(TokenProof.holds(parties.workerToken, null, proof)).isTrue();
        assertThat(TokenProof.holds(parties.clientToken, null, proof)).isFalse();
        proof[31] ^= 1;
        assertThat(TokenProof.holds(parties.workerToken, null, proof)).isFalse();
    }
}
