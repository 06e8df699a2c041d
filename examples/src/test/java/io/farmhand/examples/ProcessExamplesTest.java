package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tutorials' programs with processes print what they say. What processes print goes past this JVM. */
@Timeout(120)
class ProcessExamplesTest {
    @Test
    void greetsEachNameFromAProcessOfItsOwn() throws Exception {
        assertThat(Printed.inAJvmBy(OneProcessPerName.class)).isEqualTo("""
                hello alice, from a process of its own: true
                exit code: 0
                hello bob, from a process of its own: true
                exit code: 0
                hello carol, from a process of its own: true
                exit code: 0
                """);
    }

    @Test
    void downloadsTenFilesWithAProcessEach() throws Exception {
        assertThat(Printed.inAJvmBy(TenDownloads.class)).isEqualTo("""
                processes that went well: 10
                bytes: 5500000
                files that are as they were served: 10
                """);
    }

    @Test
    void countsToFourThousandWithFourProcesses() throws Exception {
        assertThat(Printed.inAJvmBy(LockedCounter.class)).isEqualTo("4000\n");
    }

    @Test
    void seesTheNumbersThatAProcessChanged() throws Exception {
        assertThat(Printed.inAJvmBy(SharedNumbers.class)).isEqualTo("11\n[100, 1, 2, 3]\n");
    }

    @Test
    void takesTheMessageOutOfTheQueue() throws Exception {
        assertThat(Printed.inAJvmBy(QueueMessage.class)).isEqualTo("[42, hello]\n");
    }

    @Test
    void receivesTheAnswerOverThePipe() throws Exception {
        assertThat(Printed.inAJvmBy(PipeMessage.class)).isEqualTo("[42, hello]\n");
    }

    @Test
    void printsWholeLinesUnderALock() throws Exception {
        assertThat(Printed.inAJvmBy(PrintUnderLock.class).lines()).containsExactlyInAnyOrder("hello world 0",
                "hello world 1", "hello world 2", "hello world 3", "hello world 4");
    }

    @Test
    void seesWhatAProcessDidToManagedObjects() throws Exception {
        assertThat(Printed.inAJvmBy(ManagedObjects.class)).isEqualTo("{two=2}\n[1, 2, 3]\n");
    }
}
