package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Home;
import io.farmhand.sync.Running.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The queue between processes: whole histories, and deaths. */
@Timeout(180)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class QueueProcessesTest {
    /** How long the storm of kills lasts. */
    private static final Duration STORM = Duration.ofSeconds(Integer.getInteger("farmhand.test.stormSeconds", 12));

    @TempDir
    private Path directory;

    // ---- histories ----

    private static final int EACH = 400;

    /** Two platform threads and two virtual ones put numbered items. */
    private static void produce(Queue<int[]> queue, int process) throws Exception {
        List<Running<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int producer = 4 * process + t;
            threads.add(Kind.alternate(t).start(() -> {
                for (int i = 0; i < EACH; i++) {
                    queue.put(new int[]{producer, i});
                }
                return true;
            }));
        }
        for (Running<Boolean> thread : threads) {
            assertThat(thread.result()).isTrue();
        }
    }

    /** As many threads take items until one says that no more will come, each its own history. */
    private static void consume(Queue<int[]> queue, Queue<List<int[]>> histories) throws Exception {
        List<Running<List<int[]>>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Kind.alternate(t).start(() -> {
                List<int[]> history = new ArrayList<>();
                for (int[] item = queue.take(); item.length > 0; item = queue.take()) {
                    history.add(item);
                }
                return history;
            }));
        }
        for (Running<List<int[]>> thread : threads) {
            histories.put(thread.result());
        }
    }

    @Test
    void threadsOfManyProcessesPutAndTakeEachItemOnceAndInTheOrderOfItsProducer() throws Exception {
        try (Queue<int[]> queue = Queue.create(7);
                Queue<List<int[]>> histories = Queue.create();
                ChildJvm producer = ChildJvm.start(() -> produce(queue, 1));
                ChildJvm consumer = ChildJvm.start(() -> consume(queue, histories))) {
            Running<Boolean> consuming = Kind.PLATFORM.start(() -> {
                consume(queue, histories);
                return true;
            });
            produce(queue, 0);
            assertThat(producer.exit()).isZero();
            for (int i = 0; i < 8; i++) {
                queue.put(new int[0]);
            }
            assertThat(consuming.result()).isTrue();
            assertThat(consumer.exit()).isZero();
            Set<List<Integer>> seen = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                Map<Integer, Integer> last = new HashMap<>();
                for (int[] item : histories.take()) {
                    assertThat(seen.add(List.of(item[0], item[1]))).as("taken once").isTrue();
                    assertThat(item[1]).isGreaterThan(last.getOrDefault(item[0], -1));
                    last.put(item[0], item[1]);
                }
            }
            assertThat(seen).hasSize(8 * EACH);
        }
    }

    @Test
    void aParentThatJoinsBeforeItReadsDoesNotWaitForEver() throws Exception {
        try (Queue<Object> queue = Queue.create(); ChildJvm child = ChildJvm.start(() -> {
            for (int i = 0; i < 10_000; i++) {
                queue.put(i);
            }
            for (int i = 0; i < 5; i++) {
                queue.put(new byte[10_000_000]);
            }
        })) {
            assertThat(child.exit()).isZero();
            for (int i = 0; i < 10_000; i++) {
                assertThat(queue.take()).isEqualTo(i);
            }
            for (int i = 0; i < 5; i++) {
                assertThat((byte[]) queue.take()).hasSize(10_000_000);
            }
            assertThat(queue).isEmpty();
        }
    }

    @Test
    void whatAProducerHasPutSurvivesItsKill() throws Exception {
        try (Queue<Object> queue = Queue.create(); ChildJvm child = ChildJvm.start(() -> {
            queue.put("small");
            queue.put(new byte[1_000_000]);
            ChildJvm.sayAndStay("put");
        })) {
            child.expect("put").kill();
            assertThat(queue.take()).isEqualTo("small");
            assertThat((byte[]) queue.take()).hasSize(1_000_000);
        }
    }

    @Test
    void aConsumerThatIsKilledWhileItWaitsTakesNoWakeUpWithIt() throws Exception {
        try (Queue<Integer> queue = Queue.create(); ChildJvm child = ChildJvm.start(() -> {
            ChildJvm.say("waiting");
            queue.take();
            ChildJvm.say("taken");
        })) {
            child.expect("waiting");
            Running.settle();
            new ProcessBuilder("kill", "-STOP", Long.toString(child.pid())).start().waitFor();
            Running<Integer> taking = Kind.VIRTUAL.start(queue::take);
            Running.settle();
            queue.put(1); // wakes the one that is stopped
            child.kill();
            assertThat(taking.result()).isEqualTo(1);
        }
    }

    @Test
    void twoProcessesThatDieAtOnceOfWhichOneHeldTheGuardHoldUpNobody() throws Exception {
        try (Queue<Integer> queue = Queue.create(); ChildJvm bystander = ChildJvm.start(() -> {
            int _ = queue.size();
            ChildJvm.sayAndStay("here");
        })) {
            bystander.expect("here"); // before the guard is held, for which it would wait
            killBoth(queue, bystander);
        }
    }

    private static void killBoth(Queue<Integer> queue, ChildJvm bystander) throws Exception {
        try (ChildJvm holder = ChildJvm.start(() -> {
            io.farmhand.internal.sync.Guards.hold(queue);
            ChildJvm.sayAndStay("here");
        })) {
            holder.expect("here");
            bystander.kill();
            Running.settle();
            holder.kill();
            assertThat(Kind.PLATFORM.start(() -> queue.offer(1)).result()).isTrue();
        }
    }

    // ---- a storm of kills ----

    private static void log(FileChannel log, long producer, long number) throws IOException {
        log.write(ByteBuffer.allocate(16).putLong(producer).putLong(number).flip());
    }

    private static long[] item(Random random, long producer, long number) {
        int length = 4 + random.nextInt(1 << random.nextInt(4, 16));
        long[] item = new long[length];
        item[0] = producer;
        item[1] = number;
        item[2] = length;
        for (int i = 3; i < length; i++) {
            item[i] = producer * 31 + number * 17 + i;
        }
        return item;
    }

    private static void check(long[] item) {
        assertThat(item[2]).isEqualTo(item.length);
        for (int i = 3; i < item.length; i++) {
            assertThat(item[i]).isEqualTo(item[0] * 31 + item[1] * 17 + i);
        }
    }

    private static void putAndLog(Queue<long[]> queue, String file, long producer) throws Exception {
        Random random = new Random(producer);
        try (FileChannel log = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long i = 0;; i++) {
                queue.put(item(random, producer, i));
                log(log, producer, i);
            }
        }
    }

    private static void takeAndLog(Queue<long[]> queue, String file) throws Exception {
        try (FileChannel log = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                long[] item = queue.take();
                check(item);
                log(log, item[0], item[1]);
            }
        } catch (AssertionError e) {
            Files.writeString(Path.of(file + ".torn"), e.toString());
            throw e;
        }
    }

    private static List<List<Long>> read(Path file) throws IOException {
        List<List<Long>> entries = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
        while (bytes.remaining() >= 16) {
            entries.add(List.of(bytes.getLong(), bytes.getLong()));
        }
        return entries;
    }

    @Test
    void underAStormOfKillsNoItemIsTornAndNoneIsLostButThoseOfTheDead() throws Exception {
        Random random = new Random(4);
        try (Queue<long[]> queue = Queue.create(500)) {
            List<ChildJvm> producers = new ArrayList<>();
            List<ChildJvm> consumers = new ArrayList<>();
            int started = 0;
            int killedConsumers = 0;
            int killedProducers = 0;
            List<Path> taken = new ArrayList<>();
            List<Path> put = new ArrayList<>();
            long end = System.nanoTime() + STORM.toNanos();
            try {
                while (System.nanoTime() < end) {
                    while (producers.size() < 2) {
                        int producer = ++started;
                        Path file = directory.resolve("put-" + producer);
                        String name = file.toString();
                        put.add(file);
                        producers.add(ChildJvm.start(() -> putAndLog(queue, name, producer)));
                    }
                    while (consumers.size() < 2) {
                        Path file = directory.resolve("taken-" + ++started);
                        String name = file.toString();
                        taken.add(file);
                        consumers.add(ChildJvm.start(() -> takeAndLog(queue, name)));
                    }
                    Thread.sleep(200 + random.nextInt(1200));
                    if (random.nextBoolean()) {
                        producers.remove(random.nextInt(2)).kill();
                        killedProducers++;
                    } else {
                        consumers.remove(random.nextInt(2)).kill();
                        killedConsumers++;
                    }
                }
            } finally {
                killedProducers += producers.size();
                killedConsumers += consumers.size();
                producers.forEach(ChildJvm::kill);
                consumers.forEach(ChildJvm::kill);
            }
            List<List<Long>> all = new ArrayList<>();
            for (Path file : taken) {
                all.addAll(read(file));
                assertThat(Path.of(file + ".torn")).doesNotExist();
            }
            long logged = all.size();
            for (long[] item; (item = queue.poll(Duration.ofSeconds(2))) != null;) {
                check(item);
                all.add(List.of(item[0], item[1]));
            }
            Set<List<Long>> unique = new HashSet<>(all);
            assertThat(unique).as("each item is taken once").hasSize(all.size());
            Set<List<Long>> noted = new HashSet<>();
            for (Path file : put) {
                noted.addAll(read(file));
            }
            assertThat(logged).isGreaterThan(100);
            Set<List<Long>> lost = new HashSet<>(noted);
            lost.removeAll(unique);
            assertThat(lost.size()).as("an item for each killed consumer").isLessThanOrEqualTo(killedConsumers);
            Set<List<Long>> unnoted = new HashSet<>(unique);
            unnoted.removeAll(noted);
            assertThat(unnoted.size()).as("an item for each killed producer").isLessThanOrEqualTo(killedProducers);
            try (Stream<Path> files = Files.list(Home.here().directory())) {
                assertThat(files.filter(file -> file.toString().contains(".draft-"))).isEmpty();
            }
        }
    }

    // ---- no room ----

    @Test
    void aFullDirectoryFailsThePutAndTheQueueGoesOn() throws Exception {
        String mount = Files.createDirectory(directory.resolve("small")).toString();
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", mount) == 0,
                "a file system can be mounted");
        try (ChildJvm child = ChildJvm.start(() -> fill(mount))) {
            child.expect("small ones fit again");
            child.expect("big ones fit again");
            assertThat(child.exit()).isZero();
        } finally {
            assertThat(run("umount", mount)).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start().waitFor();
    }

    private static void fill(String mount) throws Exception {
        System.setProperty("farmhand.shm", mount);
        Queue<byte[]> queue = Queue.create();
        int count = 0;
        for (int size : new int[]{1_000, 200_000}) {
            try {
                for (; count < 100_000; count++) {
                    queue.put(new byte[size]);
                }
                throw new AssertionError("there is no end of room");
            } catch (UncheckedIOException e) {
                if (!e.getMessage().contains("Cannot make shared memory")) {
                    throw e;
                }
            }
            assertThat(queue).hasSize(count);
            for (; count > 0; count--) {
                assertThat(queue.poll()).hasSize(size);
            }
            queue.put(new byte[size]);
            assertThat(queue.take()).hasSize(size);
            ChildJvm.say(size < 100_000 ? "small ones fit again" : "big ones fit again");
        }
        assertThatThrownBy(() -> queue.put(new byte[2_000_000])).isInstanceOf(UncheckedIOException.class);
        assertThat(queue).isEmpty();
    }
}
