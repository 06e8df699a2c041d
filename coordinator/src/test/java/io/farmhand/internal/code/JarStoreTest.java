package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The directory of jars by their content. */
@Timeout(120)
class JarStoreTest {
    @TempDir
    Path temporary;

    private Path directory;

    @BeforeEach
    void nameDirectory() {
        directory = temporary.resolve("cache/code");
    }

    static byte[] content(int seed, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.digest().digest(bytes));
    }

    static JarStore.Lease put(JarStore store, String name, byte[] bytes) throws IOException {
        try (JarStore.Incoming incoming = store.receive(name, hash(bytes), bytes.length)) {
            int half = bytes.length / 2;
            incoming.write(bytes, 0, half);
            incoming.write(ByteBuffer.wrap(bytes, half, bytes.length - half));
            return incoming.finish();
        }
    }

    private static JarStore.Lease find(JarStore store, byte[] bytes) throws IOException {
        return Objects.requireNonNull(store.find(hash(bytes)), "a jar");
    }

    private static void use(JarStore store, byte[] bytes, Instant when) throws IOException {
        JarStore.Lease lease = find(store, bytes);
        lease.close();
        Files.setLastModifiedTime(lease.path().getParent(), FileTime.from(when));
    }

    private List<Path> drafts() throws IOException {
        try (Stream<Path> drafts = Files.list(directory.resolve("incoming"))) {
            return drafts.toList();
        }
    }

    // ---- what arrives ----

    @Test
    void keepsAJarUnderItsNameByItsContent() throws Exception {
        byte[] bytes = content(1, 10_000);
        JarStore store = JarStore.open(directory, 1 << 20);
        assertThat(store.find(hash(bytes))).isNull();
        try (JarStore.Lease lease = put(store, "my.jar", bytes)) {
            assertThat(lease.path().toRealPath())
                    .isEqualTo(directory.toRealPath().resolve(hash(bytes)).resolve("my.jar"));
            assertThat(Files.readAllBytes(lease.path())).isEqualTo(bytes);
        }
        try (JarStore.Lease again = find(JarStore.open(directory, 1 << 20), bytes)) {
            assertThat(again.path()).hasFileName("my.jar");
        }
        assertThat(drafts()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))).isEqualTo("rwx------");
    }

    @Test
    void anEmptyJarIsAJar() throws Exception {
        JarStore store = JarStore.open(directory, 1);
        put(store, "empty.jar", new byte[0]).close();
        find(store, new byte[0]).close();
    }

    @Test
    void theNameIsThatOfWhoCameFirst() throws Exception {
        byte[] bytes = content(1, 100);
        JarStore store = JarStore.open(directory, 1 << 20);
        try (JarStore.Lease first = put(store, "first.jar", bytes);
                JarStore.Lease second = put(store, "second.jar", bytes)) {
            assertThat(second.path()).isEqualTo(first.path()).hasFileName("first.jar");
        }
    }

    @Test
    void namesDoNotLeadOutOfTheDirectory() throws Exception {
        JarStore store = JarStore.open(directory, 1 << 20);
        byte[] bytes = content(1, 100);
        try (JarStore.Lease lease = put(store, "../../../../tmp/evil.jar", bytes)) {
            assertThat(lease.path().getParent()).isEqualTo(directory.toRealPath().resolve(hash(bytes)));
        }
        for (String hash : List.of("../" + hash(bytes).substring(3), "incoming", "")) {
            assertThatThrownBy(() -> store.find(hash)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.receive("a.jar", hash, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> store.receive("a.jar", hash(bytes), -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatIsNotWhatWasAnnounced() throws Exception {
        JarStore store = JarStore.open(directory, 1 << 20);
        byte[] bytes = content(1, 1000);
        byte[] changed = bytes.clone();
        changed[500]++;
        try (JarStore.Incoming other = store.receive("my.jar", hash(bytes), bytes.length)) {
            other.write(changed, 0, changed.length);
            assertThatThrownBy(other::finish).isInstanceOf(RefusedJarException.class).message().contains("my.jar",
                    hash(bytes), hash(changed));
        }
        try (JarStore.Incoming shorter = store.receive("my.jar", hash(bytes), bytes.length)) {
            shorter.write(bytes, 0, 999);
            assertThatThrownBy(shorter::finish).isInstanceOf(RefusedJarException.class).message().contains("999",
                    "sizeBytes=1000");
        }
        try (JarStore.Incoming longer = store.receive("my.jar", hash(bytes), 999)) {
            assertThatThrownBy(() -> longer.write(bytes, 0, 1000)).isInstanceOf(RefusedJarException.class);
        }
        assertThat(store.find(hash(bytes))).isNull();
        assertThat(drafts()).isEmpty();
    }

    @Test
    void whatIsGivenUpLeavesNothing() throws Exception {
        JarStore store = JarStore.open(directory, 1 << 20);
        byte[] bytes = content(1, 1000);
        try (JarStore.Incoming incoming = store.receive("my.jar", hash(bytes), bytes.length)) {
            incoming.write(bytes, 0, 500);
        }
        assertThat(drafts()).isEmpty();
        assertThat(store.find(hash(bytes))).isNull();
    }

    // ---- room ----

    @Test
    void makesRoomByLastUse() throws Exception {
        JarStore store = JarStore.open(directory, 3_000);
        byte[][] jars = {content(0, 1000), content(1, 1000), content(2, 1000), content(3, 1000)};
        Instant now = Instant.now();
        for (int i = 0; i < 3; i++) {
            put(store, i + ".jar", jars[i]).close();
            use(store, jars[i], now.minusSeconds(100 - i));
        }
        use(store, jars[0], now);
        put(store, "3.jar", jars[3]).close();
        assertThat(store.find(hash(jars[1]))).isNull();
        for (int i : new int[]{0, 2, 3}) {
            find(store, jars[i]).close();
        }
    }

    @Test
    void whatIsInUseStaysAndLeavesNoRoom() throws Exception {
        JarStore store = JarStore.open(directory, 2_000);
        byte[] used = content(1, 1500);
        byte[] other = content(2, 1000);
        JarStore.Lease lease = put(store, "used.jar", used);
        JarStore.Lease second = find(store, used);
        lease.close();
        lease.close();
        assertThatThrownBy(() -> store.receive("other.jar", hash(other), other.length)).isInstanceOf(IOException.class)
                .message().contains("no room", "other.jar", "sizeBytes=1000", "maxBytes=2000", "inUseBytes=1500");
        second.close();
        put(store, "other.jar", other).close();
        assertThat(store.find(hash(used))).isNull();
    }

    @Test
    void nothingIsRemovedForAJarThatDoesNotFitAnyway() throws Exception {
        JarStore store = JarStore.open(directory, 2_000);
        byte[] unused = content(1, 400);
        byte[] used = content(2, 1000);
        put(store, "unused.jar", unused).close();
        try (JarStore.Lease _ = put(store, "used.jar", used)) {
            assertThatThrownBy(() -> store.receive("large.jar", hash(unused), 1_500)).isInstanceOf(IOException.class);
            find(store, unused).close();
        }
        assertThatThrownBy(() -> store.receive("larger.jar", hash(unused), 2_001)).isInstanceOf(IOException.class)
                .message().contains("larger.jar", "maxBytes=2000");
    }

    @Test
    void draftsCountAsLongAsTheyWillBe() throws Exception {
        JarStore store = JarStore.open(directory, 2_000);
        byte[] bytes = content(1, 1500);
        try (JarStore.Incoming _ = store.receive("a.jar", hash(bytes), bytes.length)) {
            assertThatThrownBy(() -> store.receive("b.jar", hash(bytes), 501)).isInstanceOf(IOException.class);
            store.receive("b.jar", hash(bytes), 500).close();
        }
    }

    // ---- what went wrong ----

    /** Puts something else there, as a process may that ended by a full disk. */
    private void plant(byte[] expected, byte[] actual) throws IOException {
        Files.write(Files.createDirectories(directory.resolve(hash(expected))).resolve("my.jar"), actual);
    }

    @Test
    void aDamagedJarIsRemovedWhenItIsFirstUsed() throws Exception {
        byte[] cut = content(1, 1000);
        byte[] flipped = content(2, 1000);
        plant(cut, Arrays.copyOf(cut, 500));
        byte[] damaged = flipped.clone();
        damaged[0]++;
        plant(flipped, damaged);
        JarStore store = JarStore.open(directory, 1 << 20);
        for (byte[] bytes : List.of(cut, flipped)) {
            assertThat(store.find(hash(bytes))).isNull();
            assertThat(directory.resolve(hash(bytes))).doesNotExist();
            put(store, "my.jar", bytes).close();
        }
    }

    @Test
    void aJarThatIsCutShortWhileTheStoreIsOpenIsFoundByItsSize() throws Exception {
        JarStore store = JarStore.open(directory, 1 << 20);
        byte[] bytes = content(1, 1000);
        JarStore.Lease lease = put(store, "my.jar", bytes);
        lease.close();
        Files.write(lease.path(), Arrays.copyOf(bytes, 10));
        assertThat(store.find(hash(bytes))).isNull();
    }

    @Test
    void aPlaceWithoutAJarIsNoJar() throws Exception {
        byte[] bytes = content(1, 1000);
        Files.createDirectories(directory.resolve(hash(bytes)));
        JarStore store = JarStore.open(directory, 1 << 20);
        assertThat(store.find(hash(bytes))).isNull();
        put(store, "my.jar", bytes).close();
    }

    @Test
    void whatADeadProcessLeftIsRemoved() throws Exception {
        Path draft = Files.createDirectories(directory.resolve("incoming/000000000abcdef"));
        Files.write(draft.resolve("my.jar"), new byte[1000]);
        JarStore store = JarStore.open(directory, 1 << 20);
        assertThat(drafts()).isEmpty();
        byte[] bytes = content(1, 10);
        try (JarStore.Incoming _ = store.receive("my.jar", hash(bytes), 10)) {
            JarStore.open(directory, 1 << 20);
            assertThat(drafts()).as("the draft of one that lives").hasSize(1);
        }
    }

    @Test
    void aDiskThatCannotBeWrittenIsToldWithItsName() throws Exception {
        JarStore store = JarStore.open(directory, 1 << 20);
        byte[] bytes = content(1, 10);
        Files.delete(directory.resolve("incoming"));
        Files.writeString(directory.resolve("incoming"), "in the way");
        assertThatThrownBy(() -> store.receive("my.jar", hash(bytes), 10)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JarStore.open(directory.resolve("incoming/deeper"), 10))
                .isInstanceOf(IOException.class).message().contains("incoming");
    }

    @Test
    void aFullDiskIsToldAndNothingIsLeft() throws Exception {
        JarStore store = JarStore.open(directory, 100_000);
        assertThat(StoreProcess.tryToFillAFullDisk(directory)).contains("other.jar was not stored", "sizeBytes=1000",
                "freeBytes=", "If the disk is full");
        assertThat(drafts()).isEmpty();
        assertThat(store.find(hash(content(99, 1_000)))).isNull();
    }

    @Test
    void anInterruptDoesNotLoseTheLocks() throws Exception {
        JarStore store = JarStore.open(directory, 1_500);
        byte[] bytes = content(1, 1000);
        try (JarStore.Lease lease = put(store, "my.jar", bytes)) {
            Thread.currentThread().interrupt();
            assertThatCode(() -> find(store, bytes).close()).doesNotThrowAnyException();
            assertThat(Thread.interrupted()).isTrue();
            StoreProcess.tryToFill(directory, 1_500);
            assertThat(lease.path()).exists();
        }
    }

    // ---- many at once ----

    @Test
    void otherProcessesDoNotRemoveWhatIsInUseHereButMayAfterwards() throws Exception {
        JarStore store = JarStore.open(directory, 1_500);
        byte[] bytes = content(1, 1000);
        try (JarStore.Lease lease = put(store, "my.jar", bytes)) {
            assertThat(StoreProcess.tryToFill(directory, 1_500)).contains("no room");
            assertThat(lease.path()).exists();
        }
        assertThat(StoreProcess.tryToFill(directory, 1_500)).contains("stored");
        assertThat(store.find(hash(bytes))).isNull();
    }

    @Test
    void threadsAndProcessesShareOneWithoutSeeingHalfOfAnything() throws Exception {
        JarStore.open(directory, StoreLoad.MAX_BYTES);
        List<Process> others = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                others.add(StoreProcess.load(directory, 100 + i));
            }
            for (int i = 0; i < 4; i++) {
                Callable<Void> load = new StoreLoad(JarStore.open(directory, StoreLoad.MAX_BYTES), i);
                loads.add(threads.submit(load));
            }
            for (Future<?> load : loads) {
                load.get();
            }
            for (Process other : others) {
                String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(other.waitFor()).as(output).isZero();
            }
        } finally {
            others.forEach(Process::destroyForcibly);
        }
        assertThat(drafts()).isEmpty();
        long total = 0;
        try (Stream<Path> jars = Files.walk(directory)) {
            for (Path jar : jars.filter(path -> path.toString().endsWith(".jar")).toList()) {
                assertThat(jar.getParent()).hasFileName(Hashes.of(jar));
                total += Files.size(jar);
            }
        }
        assertThat(total).isPositive().isLessThanOrEqualTo(StoreLoad.MAX_BYTES);
    }
}
