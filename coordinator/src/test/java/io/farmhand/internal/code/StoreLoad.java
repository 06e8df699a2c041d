package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Uses a store at random: takes what is there, fetches what is not, now and then half of it or something else. */
final class StoreLoad implements Callable<Void> {
    /** Room for some five of all the jars. */
    static final long MAX_BYTES = 100_000;
    private static final int JARS = 14;
    private static final int ROUNDS = 150;

    private final JarStore store;
    private final Random random;

    StoreLoad(JarStore store, int seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    @Override
    public Void call() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int number = random.nextInt(JARS);
            byte[] content = JarStoreTest.content(number, 1_000 * (number + 1) + number);
            JarStore.Lease lease = store.find(JarStoreTest.hash(content));
            try (JarStore.Lease used = lease == null ? fetch(number, content) : lease) {
                if (used != null) {
                    assertThat(Files.readAllBytes(used.path())).isEqualTo(content);
                    if (random.nextInt(3) == 0) {
                        call(random.nextInt(JARS)); // meanwhile others come and go
                    }
                    assertThat(Files.readAllBytes(used.path())).isEqualTo(content);
                }
            }
        }
        return null;
    }

    private void call(int number) throws IOException {
        byte[] content = JarStoreTest.content(number, 1_000 * (number + 1) + number);
        try (JarStore.Lease used = fetch(number, content)) {
            assertThat(used == null || Files.size(used.path()) == content.length).isTrue();
        }
    }

    private JarStore.@Nullable Lease fetch(int number, byte[] content) throws IOException {
        String hash = JarStoreTest.hash(content);
        JarStore.Incoming incoming;
        try {
            incoming = store.receive(number + ".jar", hash, content.length);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("no room"); // all that is there is in use
            return null;
        }
        try (incoming) {
            int kind = random.nextInt(10);
            if (kind == 0) {
                incoming.write(content, 0, content.length / 2);
                return null;
            }
            if (kind == 1) {
                incoming.write(new byte[content.length], 0, content.length);
                try {
                    incoming.finish();
                    throw new AssertionError("it was taken");
                } catch (RefusedJarException e) {
                    return null;
                }
            }
            incoming.write(content, 0, content.length);
            return incoming.finish();
        }
    }
}
