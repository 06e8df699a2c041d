package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of jars that come from elsewhere. */
class JarNamesTest {
    @Test
    void keepsWhatPeopleCallJars() {
        for (String name : List.of("my.jar", "netty-common-4.2.7.Final.jar", "my_lib+2.jar")) {
            assertThat(JarNames.safe(name)).isEqualTo(name);
        }
    }

    @Test
    void makesHostileOnesHarmless() {
        assertThat(JarNames.safe("../../etc/passwd")).isEqualTo("_.._etc_passwd.jar");
        assertThat(JarNames.safe("..\\..\\boot.jar")).isEqualTo("_.._boot.jar");
        assertThat(JarNames.safe("/absolute.jar")).isEqualTo("_absolute.jar");
        assertThat(JarNames.safe("a.jar:/etc/b.jar")).isEqualTo("a.jar__etc_b.jar");
        assertThat(JarNames.safe("-javaagent:x.jar")).isEqualTo("javaagent_x.jar");
        assertThat(JarNames.safe("nul\0newline\n.jar")).isEqualTo("nul_newline_.jar");
        assertThat(JarNames.safe("müll und !.jar")).isEqualTo("m_ll_und__.jar");
        assertThat(JarNames.safe("")).isEqualTo("code.jar");
        assertThat(JarNames.safe("..")).isEqualTo("code.jar");
        assertThat(JarNames.safe(".jar")).isEqualTo("code.jar");
        assertThat(JarNames.safe("%2e%2e%2f")).isEqualTo("_2e_2e_2f.jar");
        assertThat(JarNames.safe("x".repeat(1_000_000) + ".jar")).hasSize(104);
    }

    @Test
    void anyNameIsOneElementOfAPath() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder name = new StringBuilder();
            int length = random.nextInt(200);
            for (int k = 0; k < length; k++) {
                name.append(random.nextInt(4) == 0
                        ? "./\\:~;*?%!\0\n".charAt(random.nextInt(12))
                        : (char) random.nextInt(0x3000));
            }
            assertThat(JarNames.safe(name.toString())).matches("[A-Za-z0-9_+][A-Za-z0-9._+-]*\\.jar")
                    .hasSizeLessThan(110).doesNotContain(File.pathSeparator).satisfies(
                            safe -> assertThat(JarNames.safe(safe)).isEqualTo(safe));
        }
    }

    @Test
    void refusesWhatIsNoHash() {
        String hash = "0123456789abcdef".repeat(4);
        assertThat(JarNames.checkedHash(hash)).isSameAs(hash);
        for (String other : List.of("", "abc", hash.toUpperCase(Locale.ROOT), hash + "0",
                "../" + hash.substring(3),
                "incoming", "x".repeat(100_000))) {
            assertThatThrownBy(() -> JarNames.checkedHash(other)).isInstanceOf(IllegalArgumentException.class)
                    .message().hasSizeLessThan(200);
        }
    }
}
