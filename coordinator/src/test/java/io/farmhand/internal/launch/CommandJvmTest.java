package io.farmhand.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a launcher reads of its own command line. */
class CommandJvmTest {
    private static String commandLine(String... words) {
        return String.join("\0", words) + "\0";
    }

    @Test
    void tellsTheUsersOptionsFromTheClassPathAndTheArguments() {
        assertThat(CommandJvm.options(commandLine("java", "-Xmx1g", "-jar", "farm.jar", "map", "-Dx"), 2))
                .containsExactly("-Xmx1g");
        assertThat(CommandJvm.options(commandLine("java", "-cp", "farm.jar", "-Da=b c", CommandJvm.MAIN, ""), 1))
                .containsExactly("-Da=b c");
        assertThat(CommandJvm.options(commandLine("java", "-jar", "farm.jar"), 0)).isEmpty();
    }

    @Test
    void doesNotTellWhereOptionsMayNotGoWithACache() {
        for (String option : new String[]{"-XX:+UseG1GC", "-javaagent:a.jar", "@file", "-Xshare:off", "-Da=\u00e9"}) {
            assertThat(CommandJvm.options(commandLine("java", option, "-jar", "farm.jar"), 0)).as(option).isNull();
        }
    }

    @Test
    void doesNotTellWhereTheCommandLineIsNotAsExpected() {
        assertThat(CommandJvm.options(commandLine("java", "-jar", "farm.jar", "one"), 2)).isNull();
        assertThat(CommandJvm.options(commandLine("java", "-jar", "farm.jar", "one"), 0)).isNull();
        assertThat(CommandJvm.options(commandLine("java", "-jar"), 0)).isNull();
        assertThat(CommandJvm.options("", 0)).isNull();
        assertThat(CommandJvm.options(commandLine("java", "-cp", "farm.jar", "other.Main"), 0)).isNull();
    }
}
