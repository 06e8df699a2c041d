package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.shared.ShareableList;
import io.farmhand.shared.SharedInt;
import io.farmhand.task.RemoteRunnable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process makes that cannot wait in shared memory, as on other systems than Linux: used by this one, which could. */
@NullUnmarked
@Timeout(120)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop", "unchecked"}) // that is what is tested
class WithoutFutexTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static ChildJvm maker(RemoteRunnable action) throws IOException {
        return ChildJvm.start(action, "-Dfarmhand.futex=false");
    }

    @Test
    void locksAndTheirKinAreServedByTheirMaker() throws Exception {
        try (ChildJvm maker = maker(() -> {
            RLock lock = RLock.create();
            Condition condition = lock.newCondition();
            Semaphore semaphore = Semaphore.create(1);
            Event event = Event.create();
            Barrier barrier = Barrier.create(2);
            lock.lock();
            ChildJvm.say(Copies.text(List.of(lock, condition, semaphore, event, barrier)));
            condition.await();
            lock.unlock();
            semaphore.acquire(); // when the other one gives it back
            event.set();
            int _ = barrier.await();
            ChildJvm.sayAndStay("met");
        })) {
            List<Object> handles = Copies.read(maker.line());
            Lock lock = (Lock) handles.get(0);
            Semaphore semaphore = (Semaphore) handles.get(2);
            assertThat(semaphore.tryAcquire()).isTrue();
            lock.lock();
            ((Condition) handles.get(1)).signal();
            lock.unlock();
            semaphore.release();
            assertThat(((Event) handles.get(3)).await(LONG)).isTrue();
            assertThat(((Barrier) handles.get(4)).await(LONG)).isBetween(0, 1);
            maker.expect("met");
            lock.lock(); // nobody has it
        }
    }

    @Test
    void queuesAreServedByTheirMaker() throws Exception {
        try (ChildJvm maker = maker(() -> {
            Queue<String> there = Queue.create(1);
            JoinableQueue<byte[]> back = JoinableQueue.create();
            SimpleQueue<Integer> simple = SimpleQueue.create();
            ChildJvm.say(Copies.text(List.of(there, back, simple)));
            there.put("first");
            there.put("second"); // when there is room
            simple.put(3);
            back.put(new byte[10 << 20]);
            back.join();
            ChildJvm.sayAndStay("done");
        })) {
            List<Object> handles = Copies.read(maker.line());
            Queue<String> there = (Queue<String>) handles.get(0);
            JoinableQueue<byte[]> back = (JoinableQueue<byte[]>) handles.get(1);
            assertThat(there.take()).isEqualTo("first");
            assertThat(there.poll(LONG)).isEqualTo("second");
            assertThat(there.poll()).isNull();
            assertThat(((SimpleQueue<Integer>) handles.get(2)).take()).isEqualTo(3);
            assertThat(back.take()).hasSize(10 << 20);
            back.taskDone();
            maker.expect("done");
            maker.kill();
            assertThatThrownBy(there::take).isInstanceOf(HandleClosedException.class);
        }
    }

    @Test
    void aConsumerThatIsKilledLeavesItsItemsCountedAsDone() throws Exception {
        try (ChildJvm maker = maker(() -> {
            JoinableQueue<Integer> queue = JoinableQueue.create();
            queue.put(1);
            ChildJvm consumer = ChildJvm.start(() -> ChildJvm.sayAndStay("took " + queue.take()));
            consumer.expect("took 1").kill();
            try {
                queue.join();
            } catch (OwnerDiedException e) {
                ChildJvm.say("told");
            }
        })) {
            maker.expect("told");
        }
    }

    @Test
    void whoWaitsForAValuesLockIsWokenByTheClose() throws Exception {
        try (ChildJvm maker = maker(() -> {
            SharedInt value = SharedInt.create(1);
            Event waited = Event.create();
            value.lock().lock();
            ChildJvm.say(Copies.text(List.of(value, waited)));
            waited.await();
            value.close();
            ChildJvm.sayAndStay("closed");
        })) {
            List<Object> handles = Copies.read(maker.line());
            SharedInt value = (SharedInt) handles.get(0);
            Running<Object> waiting = Running.Kind.PLATFORM.start(() -> {
                value.lock().lock();
                return "locked";
            });
            Running.settle();
            ((Event) handles.get(1)).set();
            maker.expect("closed");
            assertThatThrownBy(waiting::result).isInstanceOf(HandleClosedException.class);
        }
    }

    @Test
    void aValuesLockExcludesOtherProcesses() throws Exception {
        try (ChildJvm maker = maker(() -> {
            SharedInt value = SharedInt.create(0);
            ChildJvm.say(Copies.text(List.of(value, value.lock())));
            for (int i = 0; i < 500; i++) {
                increment(value, value.lock());
            }
            ChildJvm.sayAndStay("done");
        })) {
            List<Object> handles = Copies.read(maker.line());
            SharedInt value = (SharedInt) handles.get(0);
            for (int i = 0; i < 500; i++) {
                increment(value, i % 2 == 0 ? value.lock() : (Lock) handles.get(1));
            }
            maker.expect("done");
            assertThat(value.get()).isEqualTo(1_000);
        }
    }

    private static void increment(SharedInt value, Lock lock) {
        lock.lock();
        int before = value.get();
        Thread.onSpinWait();
        value.set(before + 1);
        lock.unlock();
    }

    @Test
    void pipesCarryMessages() throws Exception {
        try (ChildJvm maker = maker(() -> {
            Pipe pipe = Pipe.open();
            Connection there = pipe.second();
            ChildJvm user = ChildJvm.start(() -> there.send(there.receive()), "-Dfarmhand.futex=false");
            pipe.first().send("there and back");
            ChildJvm.say((String) pipe.first().receive());
            user.close();
        })) {
            maker.expect("there and back");
        }
    }

    @Test
    void valuesAndListsAreClosedAndWritten() throws Exception {
        try (ChildJvm maker = maker(() -> {
            SharedInt value = SharedInt.create(0);
            ShareableList list = ShareableList.of(1, "two");
            Object _ = list.set(0, 7);
            ChildJvm user = ChildJvm.start(() -> {
                Object _ = list.set(0, (int) list.get(0) + 1);
                value.set(3);
            }, "-Dfarmhand.futex=false");
            int _ = user.exit();
            ChildJvm.say(list.get(0) + " " + value.get());
            String name = list.name();
            list.close();
            value.close();
            ChildJvm.say(Path.of(name).toFile().exists() ? "left" : "gone");
        })) {
            maker.expect("8 3").expect("gone");
            assertThat(maker.exit()).isZero();
        }
    }
}
