package io.farmhand.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.farmhand.sync.HandleClosedException;
import io.farmhand.testing.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** After the behaviours of CPython's {@code _TestSharedMemory}. */
@NullUnmarked
@Timeout(120)
class SharedMemoryTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aNewBlockIsAllZeroAndOfItsSize() {
        for (long size : new long[]{1, 100, 4096, 1_000_000}) {
            try (SharedMemory memory = SharedMemory.create(size)) {
                assertThat(memory.size()).isEqualTo(size);
                assertThat(memory.segment().byteSize()).isEqualTo(size);
                assertThat(memory.segment().mismatch(MemorySegment.ofArray(new byte[(int) size]))).isEqualTo(-1);
            }
        }
    }

    @Test
    void whoAttachesByNameSeesAndMakesChanges() throws InterruptedException {
        SharedMemory memory = SharedMemory.create(512);
        memory.segment().set(BYTE, 0, (byte) 42);
        String name = memory.name();
        assertThat(ChildJvm.run(() -> {
            SharedMemory attached = SharedMemory.open(name);
            System.out.println(attached.segment().get(BYTE, 0) + " " + attached.size());
            attached.segment().set(BYTE, 511, (byte) 7);
        })).containsExactly("42 512");
        assertThat(memory.segment().get(BYTE, 511)).isEqualTo((byte) 7);
    }

    @Test
    void handlesToOneBlockAreOneObject() {
        SharedMemory memory = SharedMemory.create(100);
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(memory))).isSameAs(memory);
        assertThat(SharedMemory.open(memory.name())).isSameAs(memory);
    }

    @Test
    void twoBlocksHaveTwoNames() {
        assertThat(SharedMemory.create(1).name()).isNotEqualTo(SharedMemory.create(1).name());
    }

    @Test
    void aSizeThatIsNotPositiveIsRefused() {
        assertThatThrownBy(() -> SharedMemory.create(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sizeBytes=0");
        assertThatThrownBy(() -> SharedMemory.create(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String name : List.of("", "psm_1", "/etc/passwd", "/dev/shm/farmhand-1-1-a/home", "../farmhand-1-1-a/1")) {
            assertThatThrownBy(() -> SharedMemory.open(name)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name=" + name);
        }
    }

    @Test
    void aNameOfNothingThatIsThereIsAnError() {
        SharedMemory memory = SharedMemory.create(1);
        String name = memory.name();
        memory.close();
        assertThatThrownBy(() -> SharedMemory.open(name)).isInstanceOf(HandleClosedException.class);
        assertThatThrownBy(() -> SharedMemory.open("/dev/shm/farmhand-1-1-a/1"))
                .isInstanceOf(HandleClosedException.class).hasMessageContaining("/dev/shm/farmhand-1-1-a");
    }

    @Test
    void anAccessAfterTheCloseIsAnError() {
        for (long size : new long[]{1, 1_000_000}) {
            SharedMemory memory = SharedMemory.create(size);
            MemorySegment segment = memory.segment();
            MemorySegment slice = segment.asSlice(0, 1);
            memory.close();
            memory.close();
            assertThat(memory.isClosed()).isTrue();
            assertThatThrownBy(() -> segment.get(BYTE, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slice.set(BYTE, 0, (byte) 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> segment.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void accessesDuringTheCloseAreErrorsAndNoCrash() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            SharedMemory memory = SharedMemory.create(1_000_000);
            MemorySegment segment = memory.segment();
            CountDownLatch begun = new CountDownLatch(1);
            List<Throwable> ends = new ArrayList<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    for (long i = 0;; i = (i + 4099) % 1_000_000) {
                        segment.set(BYTE, i, (byte) (segment.get(BYTE, i) + 1));
                        begun.countDown();
                    }
                } catch (IllegalStateException e) {
                    ends.add(e);
                }
            });
            begun.await();
            memory.close();
            reader.join();
            assertThat(ends).hasSize(1);
        }
    }

    @Test
    void theMemoryIsGivenBackAtTheCloseAtOnce() {
        SharedMemory memory = SharedMemory.create(1_000_000);
        String name = memory.name();
        Path data = Path.of(name + ".1");
        assertThat(data).exists();
        assertThat(maps(data.toString())).isEqualTo(1);
        memory.close();
        assertThat(Path.of(name)).doesNotExist();
        assertThat(data).doesNotExist();
        assertThat(maps(data.toString())).isZero();
    }

    @Test
    void afterUnlinkNobodyCanOpenItAndWhoHasItGoesOn() throws InterruptedException {
        SharedMemory memory = SharedMemory.create(10_000);
        String name = memory.name();
        assertThat(ChildJvm.run(() -> {
            SharedMemory attached = SharedMemory.open(name);
            attached.unlink();
            attached.unlink();
            attached.segment().set(BYTE, 9_999, (byte) 7);
            attached.close();
            try {
                SharedMemory.open(name);
            } catch (HandleClosedException e) {
                System.out.println("none");
            }
        })).containsExactly("none");
        assertThat(Path.of(name)).doesNotExist();
        assertThat(memory.segment().get(BYTE, 9_999)).isEqualTo((byte) 7);
        assertThat(memory.isClosed()).isFalse();
        memory.close();
        assertThat(memory.isClosed()).isTrue();
    }

    @Test
    void aSegmentCanBeUsedThoughItsHandleWasDropped() {
        MemorySegment segment = SharedMemory.create(10_000).segment();
        for (int i = 0; i < 3; i++) {
            System.gc();
            segment.set(BYTE, 9_999, (byte) i);
        }
        assertThat(segment.get(BYTE, 9_999)).isEqualTo((byte) 2);
    }

    @Test
    void whatWasDroppedAndNeverTravelledIsGivenBack() {
        Path home = Path.of(SharedMemory.create(1).name()).getParent();
        long before = files(home);
        for (int i = 0; i < 20; i++) {
            SharedMemory.create(10_000).segment().fill((byte) 1);
            SharedIntArray.create(10).fill(1);
        }
        awaitAfterCollections(() -> files(home) <= before && maps(home.toString()) <= before * 2);
    }

    @Test
    void whatHasTravelledIsKeptThoughItsHandleWasDropped() throws InterruptedException {
        String name = SharedMemory.create(10_000).name();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        assertThat(ChildJvm.run(() -> System.out.println(SharedMemory.open(name).size()))).containsExactly("10000");
        SharedMemory.open(name).close();
        assertThat(Path.of(name)).doesNotExist();
    }

    @Test
    void itsFilesAreTheOwnersAlone() throws IOException {
        for (long size : new long[]{1, 10_000}) {
            try (SharedMemory memory = SharedMemory.create(size)) {
                List<Path> files = filesOf(memory);
                assertThat(files).hasSize(size == 1 ? 1 : 2).allSatisfy(file -> assertThat(modes(file))
                        .isEqualTo("rw-------"));
                assertThat(modes(files.getFirst().getParent())).isEqualTo("rwx------");
            }
        }
    }

    @Test
    void anotherUserCannotReadIt() throws IOException, InterruptedException {
        try (SharedMemory memory = SharedMemory.create(10_000)) {
            assumeTrue(status("setpriv", "--reuid=65534", "--clear-groups", "true") == 0, "root may be someone else");
            for (Path file : filesOf(memory)) {
                assertThat(status("setpriv", "--reuid=65534", "--clear-groups", "cat", file.toString())).isNotZero();
                assertThat(status("cat", file.toString())).isZero();
            }
        }
    }

    @Test
    void whatItsMakerNeverClosedIsGoneAfterItsExit() throws InterruptedException {
        String name = ChildJvm.run(() -> System.out.println(SharedMemory.create(10_000).name())).getFirst();
        assertThat(Path.of(name)).doesNotExist();
        assertThat(Path.of(name).getParent()).doesNotExist();
    }

    @Test
    void whatAKilledMakerLeftIsSweptByTheNextFarmAndItsUsersGoOn() throws InterruptedException {
        try (ChildJvm maker = ChildJvm.start(() -> {
            System.out.println(SharedMemory.create(10_000).name());
            new CountDownLatch(1).await();
        })) {
            String name = maker.awaitLine();
            SharedMemory memory = SharedMemory.open(name);
            maker.kill();
            awaitTrue(memory::isClosed);
            assertThat(Path.of(name)).exists();
            ChildJvm.run(() -> SharedMemory.create(1).close());
            assertThat(Path.of(name).getParent()).doesNotExist();
            memory.segment().set(BYTE, 9_999, (byte) 7);
            assertThat(memory.segment().get(BYTE, 9_999)).isEqualTo((byte) 7);
            memory.close();
            assertThatThrownBy(() -> SharedMemory.open(name)).isInstanceOf(HandleClosedException.class);
        }
    }

    @Test
    void thousandsMadeAndClosedLeaveNothing() throws IOException {
        SharedMemory first = SharedMemory.create(1);
        Path home = Path.of(first.name()).getParent();
        first.close();
        long files = files(home);
        long descriptors = files(Path.of("/proc/self/fd"));
        for (int i = 0; i < 3_000; i++) {
            SharedMemory.create(10_000).close();
            SharedInt.create(i).close();
            ShareableList.of(i, "text").close();
        }
        assertThat(files(home)).isLessThanOrEqualTo(files);
        assertThat(files(Path.of("/proc/self/fd"))).isLessThanOrEqualTo(descriptors + 4);
        awaitAfterCollections(() -> maps(home.toString()) < 200);
    }

    @Test
    void aFullFileSystemIsAnErrorAtCreationAndNothingIsLeft(@TempDir Path directory)
            throws IOException, InterruptedException {
        assumeTrue(status("mount", "-t", "tmpfs", "-o", "size=3m,mode=1777", "none", directory.toString()) == 0,
                "root may mount");
        try {
            assertThat(ChildJvm.run(() -> {
                SharedMemory some = SharedMemory.create(1 << 20);
                Path home = Path.of(some.name()).getParent();
                for (long size : new long[]{100L << 20, 2 << 20, 1L << 50}) {
                    try {
                        SharedMemory.create(size);
                    } catch (UncheckedIOException e) {
                        System.out.println(e.getMessage().contains("sizeBytes=")
                                && e.getMessage().contains("No space left") && e.getMessage().contains("farmhand.shm"));
                    }
                }
                List<SharedByteArray> arrays = new ArrayList<>(); // each smaller than what is asked for beforehand
                try {
                    while (arrays.size() < 100) {
                        arrays.add(SharedByteArray.create(500_000));
                    }
                } catch (UncheckedIOException e) {
                    System.out.println(e.getMessage().contains("No space left"));
                }
                arrays.forEach(array -> array.fill((byte) 1)); // each is there, no SIGBUS
                some.segment().fill((byte) 1);
                System.out.println(files(home) == 2 * arrays.size() + 4); // and the socket and the lease
                arrays.forEach(SharedByteArray::close);
                SharedMemory.create(1_500_000).segment().fill((byte) 1);
                System.out.println("room again");
            }, "-Dfarmhand.shm=" + directory)).containsExactly("true", "true", "true", "true", "true", "room again");
            assertThat(files(directory)).isZero();
        } finally {
            assertThat(status("umount", directory.toString())).isZero();
        }
    }

    /** The file of its name, and that of its data if that is large. */
    private static List<Path> filesOf(SharedMemory memory) throws IOException {
        Path named = Path.of(memory.name());
        try (Stream<Path> files = Files.list(named.getParent())) {
            return files.filter(file -> file.equals(named) || file.toString().startsWith(named + ".")).toList();
        }
    }

    private static String modes(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int status(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start().waitFor();
    }

    private static long files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long maps(String path) {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(map -> map.contains(path + "/") || map.endsWith(path) || map.contains(path + " "))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitAfterCollections(BooleanSupplier condition) {
        awaitTrue(() -> {
            System.gc();
            return condition.getAsBoolean();
        });
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void cannotBeOpenedOnceItIsUnlinkedNotEvenWhereItWasMade() {
        try (SharedMemory memory = SharedMemory.create(8)) {
            String name = memory.name();
            memory.unlink();
            assertThatThrownBy(() -> SharedMemory.open(name)).isInstanceOf(HandleClosedException.class)
                    .hasMessageContaining("unlinked").hasMessageContaining(name);
            assertThat(memory.size()).isEqualTo(8);
        }
    }

    @Test
    void aNameOfSomethingElseIsAnErrorThatNamesBoth() throws InterruptedException {
        String name = ShareableList.of(1, 2).name();
        assertThatThrownBy(() -> SharedMemory.open(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wanted=SharedMemory found=ShareableList");
        assertThat(ChildJvm.run(() -> {
            try {
                SharedMemory.open(name).close();
            } catch (IllegalArgumentException e) { // nothing of that name is open here
                System.out.println(e.getMessage());
            }
        }).getFirst()).contains("wanted=SharedMemory found=ShareableList", "name=" + name);
    }
}
