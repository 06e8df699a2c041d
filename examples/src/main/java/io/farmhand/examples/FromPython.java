package io.farmhand.examples;

import static io.farmhand.Parallel.AUTO;
import static io.farmhand.Parallel.Backend.PROCESSES;
import static io.farmhand.Parallel.Backend.SEQUENTIAL;
import static io.farmhand.Parallel.Backend.THREADS;
import static io.farmhand.Parallel.Eagerly.LIST;
import static io.farmhand.Parallel.Lazily.GENERATOR;
import static io.farmhand.Parallel.Lazily.GENERATOR_UNORDERED;
import static io.farmhand.Parallel.delayed;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.farmhand.ChunkSizing;
import io.farmhand.Insights;
import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import io.farmhand.Parallel;
import io.farmhand.Partial;
import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import io.farmhand.Progress;
import io.farmhand.Result;
import io.farmhand.WorkerInfo;
import io.farmhand.cache.CachedBiFunction;
import io.farmhand.cache.CachedFunction;
import io.farmhand.cache.Memory;
import io.farmhand.managed.ManagedArray;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedValue;
import io.farmhand.managed.Namespace;
import io.farmhand.shared.ShareableList;
import io.farmhand.shared.SharedDoubleArray;
import io.farmhand.shared.SharedInt;
import io.farmhand.shared.SharedIntArray;
import io.farmhand.shared.SharedMemory;
import io.farmhand.shared.SharedStruct;
import io.farmhand.shared.SharedStructArray;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Client;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Listener;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Pipe;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.sync.SimpleQueue;
import io.farmhand.task.Broadcast;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.TaskContext;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How is this called that I know from Python? Every snippet of {@code docs/from-python.md}, section by section. */
public final class FromPython {
    private static final List<Integer> xs = List.of(1, 2, 3);
    private static final List<Integer> ys = List.of(10, 20, 30);

    private FromPython() {}

    private static int f(int x) {
        return x * x;
    }

    private static int g(int x, int y) {
        return x + y;
    }

    private static void connect(String name) {
        TaskContext.current().setState(Connection.class, new Connection(name));
    }

    private record Connection(String name) {
        void close() {
            // it is open no longer
        }
    }

    private record Two(int x, int y) implements Serializable {}

    /** Runs all of it. */
    public static void main(String[] args) throws Exception {
        pools();
        processes();
        managers();
        connections();
        try (Pool pool = Pool.create(2)) {
            calls(pool);
            futures(pool);
            executors(pool);
        }
        parallel();
        memory();
        sharedPools();
        workerPools();
        sharedMemory();
        locks();
        queues();
        pipes();
    }

    /** {@code multiprocessing.Pool}: how it is made and ended. */
    private static void pools() {
        try (Pool pool = Pool.create(2)) {
            say("two workers", pool.map(FromPython::f, xs));
        }
        try (Pool pool = Pool.builder().workers(2).initializer(() -> connect("db")).maxTasksPerWorker(100).build()) {
            say("initializer", pool.apply(_ -> TaskContext.current().state(Connection.class).name(), 0));
        }
        Pool pool = Pool.create();
        say("a worker for each core", pool.size() == Runtime.getRuntime().availableProcessors());
        pool.close();
        pool.shutdownNow();
    }

    /** {@code multiprocessing.Process}. */
    private static void processes() throws Exception {
        JvmProcess process = JvmProcess.start(() -> f(3));
        process.join();
        say("exit code", process.exitCode().getAsInt());
        JvmProcess named = JvmProcess.builder(FromPython::endless).name("waiter").daemon(true).start();
        say("process", named.name() + " " + named.isDaemon() + " " + (named.pid() > 0));
        say("children", JvmProcess.activeChildren().equals(List.of(named)));
        say("alive", named.isAlive() + " " + named.join(Duration.ofMillis(1)));
        named.terminate();
        say("terminated", named.onExit().join().exitCode().getAsInt());
        JvmProcess killed = JvmProcess.start(FromPython::endless);
        killed.kill();
        JvmProcess interrupted = JvmProcess.start(FromPython::patient);
        interrupted.interrupt();
        CompletableFuture.anyOf(killed.onExit(), interrupted.onExit()).join();
        killed.close();
        interrupted.close();
        say("killed", killed.exitCode().getAsInt());
        say("interrupted", interrupted.exitCode().getAsInt());
        try (JvmProcess failing = JvmProcess.start(() -> System.exit(f(2)))) {
            failing.join();
            say("exit", failing.exitCode().getAsInt() + " " + failing.failure().isPresent());
        }
        say("name", JvmProcess.currentName());
    }

    /** An interface of the user's own. */
    public interface Maths {
        int add(int x, int y);
    }

    /** {@code multiprocessing.Manager}. */
    private static void managers() throws Exception {
        try (Manager manager = Manager.start()) {
            ManagedMap<String, Integer> map = manager.map();
            map.merge("a", 1, Integer::sum);
            ManagedList<Integer> list = manager.list(List.of(3, 1, 2));
            list.sort(null);
            Namespace names = manager.namespace();
            names.set("name", "Bob");
            ManagedValue<Integer> value = manager.value(1);
            ManagedArray<Integer> array = manager.array(1, 2, 3);
            array.set(0, 4);
            say("managed", map + " " + list + " " + names.get("name") + " " + value.updateAndGet(n -> n + 1) + " "
                    + array.copy());
            manager.lock().lock();
            manager.queue().put("item");
            manager.register(Maths.class, () -> FromPython::g);
            Maths maths = manager.create(Maths.class);
            say("own", maths.add(4, 3));
            Manager same = Manager.connect(manager.address(), manager.key());
            say("connected", same.equals(manager));
        }
    }

    /** {@code multiprocessing.connection}. */
    private static void connections() throws Exception {
        byte[] key = "secret password".getBytes(UTF_8);
        try (Listener listener = Listener.open(key);
                var client = Client.connect(listener.address(), key);
                var connection = listener.accept()) {
            connection.send(List.of(2.25, "junk"));
            say("received", String.valueOf(client.receive()));
        }
    }

    private static void patient() {
        try {
            endless();
        } catch (InterruptedException e) {
            System.exit(3);
        }
    }

    /** {@code multiprocessing.Pool}: its calls. */
    private static void calls(Pool pool) {
        int nine = pool.apply(FromPython::f, 3);
        say("apply", nine);
        say("map", pool.map(FromPython::f, xs));
        say("map in chunks", pool.map(FromPython::f, xs, 10));
        say("starMap", pool.starMap(FromPython::g, xs, ys));
        try (Stream<Integer> results = pool.imap(FromPython::f, xs)) {
            say("imap", results.toList());
        }
        try (Stream<Integer> results = pool.imap(FromPython::f, xs, 10)) {
            say("imap in chunks", results.toList());
        }
        try (Stream<Integer> results = pool.imapUnordered(FromPython::f, xs)) {
            say("imapUnordered", results.sorted().toList());
        }
        List<Result<Integer>> results = pool.mapResults(FromPython::f, xs);
        say("mapResults", results.stream().map(Result::get).toList());
        int worker = pool.apply(_ -> TaskContext.current().worker(), 0);
        say("worker", worker < 2);
    }

    /** {@code AsyncResult} and {@code concurrent.futures.Future}. */
    private static void futures(Pool pool) throws Exception {
        CompletableFuture<Integer> future = pool.submit(() -> f(3));
        say("submit", future.get());
        say("get", future.get(1, SECONDS));
        say("done", future.isDone() + " " + future.state());
        pool.submit(() -> f(4)).thenAccept(value -> say("callback", value)).join();
        pool.submit(() -> f(5)).whenComplete((value, error) -> say("callbacks", value + " " + error)).join();
        say("mapAsync", pool.mapAsync(FromPython::f, xs).join());
        List<Two> pairs = List.of(new Two(1, 10), new Two(2, 20));
        say("mapAsync of pairs", pool.mapAsync(two -> g(two.x(), two.y()), pairs).join());

        List<CompletableFuture<Integer>> futures = xs.stream().map(x -> pool.submit(() -> f(x))).toList();
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
        CompletableFuture.anyOf(futures.toArray(CompletableFuture[]::new)).join();

        CompletableFuture<Integer> endless = pool.submit(FromPython::endless);
        endless.cancel(true);
        say("cancel", endless.isCancelled());

        Pool hasty = pool.with(options -> options.taskTimeout(Duration.ofSeconds(5)));
        Pool careful = pool.with(options -> options.maxInFlight(100));
        Pool stubborn = pool.with(options -> options.retries(3).crashRetries(1));
        Pool once = pool.with(options -> options.atMostOnce());
        say("options", Stream.of(hasty, careful, stubborn, once).map(view -> view.map(FromPython::f, xs)).distinct()
                .toList());
    }

    private static int endless() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }

    /** {@code ProcessPoolExecutor}. */
    private static void executors(Pool pool) throws Exception {
        ExecutorService executor = pool.asExecutorService();
        Future<Integer> future = executor.submit((Callable<Integer> & Serializable) () -> f(3));
        say("executor", future.get());
        executor.close();
        say("not begun", executor.shutdownNow());
    }

    /** {@code joblib.Parallel}. */
    private static void parallel() {
        say("Parallel", Parallel.jobs(2).run(xs.stream().map(x -> delayed(FromPython::f, x))));
        for (Parallel each : List.of(
                Parallel.jobs(null),
                Parallel.jobs(-2),
                Parallel.jobs(2).backend(PROCESSES),
                Parallel.jobs(2).backend(THREADS),
                Parallel.jobs(2).backend(SEQUENTIAL),
                Parallel.jobs(2).batchSize(10),
                Parallel.jobs(2).batchSize(AUTO),
                Parallel.jobs(2).preDispatch("2*n_jobs"),
                Parallel.jobs(2).preDispatch("all"),
                Parallel.jobs(2).timeout(Duration.ofSeconds(5)),
                Parallel.jobs(2).verbose(0),
                Parallel.jobs(2).returnAs(LIST))) {
            say("each", each.run(xs.stream().map(x -> delayed(FromPython::f, x))));
        }
        try (Stream<Integer> results = Parallel.jobs(2).returnAs(GENERATOR)
                .run(xs.stream().map(x -> delayed(FromPython::f, x)))) {
            say("GENERATOR", results.toList());
        }
        try (Stream<Integer> results = Parallel.jobs(2).returnAs(GENERATOR_UNORDERED)
                .run(xs.stream().map(x -> delayed(FromPython::f, x)))) {
            say("GENERATOR_UNORDERED", results.sorted().toList());
        }
        Parallel.config(Parallel.jobs(2).backend(THREADS)).run(() -> say("config",
                Parallel.create().run(xs.stream().map(x -> delayed(FromPython::f, x)))));
        RemoteFunction<Integer, Integer> plusOne = Partial.of(FromPython::g, 1);
        say("partial", Parallel.jobs(2).run(xs.stream().map(x -> delayed(plusOne, x))));
    }

    /** {@code joblib.Memory}. */
    private static void memory() throws Exception {
        try (ScratchDirectory scratch = new ScratchDirectory("from-python", false); Pool pool = Pool.create(2)) {
            Path directory = scratch.path();
            Memory memory = Memory.at(directory);
            CachedFunction<Integer, Integer> cached = memory.cache(FromPython::f);
            say("cached", cached.apply(3) + " " + cached.contains(3));
            say("recomputed", cached.recompute(3));
            say("shelved", cached.callAndShelve(3).get());
            say("cached in workers", pool.map(cached, xs));
            CachedBiFunction<Integer, Integer, Integer> sum = memory.cache(FromPython::g);
            say("cached sum", sum.apply(1, 2));
            CachedFunction<Two, Integer> first = memory.ignore("y").cache(two -> f(two.x()));
            say("ignored", first.apply(new Two(1, 2)) + " " + first.contains(new Two(1, 3)));
            Memory daily = memory.expiresAfter(Duration.ofDays(1));
            Memory choosy = memory.validIf(entry -> entry.sizeBytes() > 0);
            Memory small = memory.compress(3);
            say("memories", Stream.of(daily, choosy, small).map(Memory::directory).allMatch(directory::equals));
            CachedFunction<Integer, MemorySegment> mapped = memory.cacheMapped(int[]::new);
            say("mapped", mapped.apply(1000).byteSize());
            say("reduced", memory.reduceSize(limits -> limits.bytes(1 << 30).items(4).age(Duration.ofDays(30))));
            cached.clear();
            memory.clear();
            say("cleared", cached.contains(3));
        }
    }

    /** {@code loky}. */
    private static void sharedPools() {
        Pool pool = Pool.shared(2);
        say("shared", pool.map(FromPython::f, xs));
        pool.resize(3);
        say("resized", Pool.shared().size() + " " + Pool.shared(3).size());
        Pool own = Pool.builder().workers(1).keepAlive(Duration.ofSeconds(10)).maxWorkerMemory("1g").shared();
        say("keepAlive", own.map(FromPython::f, xs));
    }

    /** {@code mpire.WorkerPool}. */
    private static void workerPools() {
        List<Integer> table = LongStream.range(0, 1000).mapToObj(n -> (int) n).toList();
        Queue<PoolEvent> events = new ConcurrentLinkedQueue<>();
        try (Pool pool = Pool.builder().workers(2)
                .initializer(() -> TaskContext.current().setState(Connection.class, new Connection("db")))
                .finalizer(() -> TaskContext.current().state(Connection.class).close())
                .listener(event -> events.add(event)).build()) {
            say("state", pool.apply(_ -> TaskContext.current().state(Connection.class).name(), 0));
            try (Broadcast<List<Integer>> shared = pool.broadcast(table)) {
                say("broadcast", pool.map(x -> shared.get().get(x), xs));
            }
            Pool adaptive = pool.with(options -> options.chunkSizing(ChunkSizing.adaptive()));
            say("progress", adaptive.map(x -> {
                TaskContext.current().progress(1);
                return f(x);
            }, xs));
            List<WorkerInfo> workers = pool.workers();
            say("workers", workers.size());
            Insights insights = pool.insights();
            say("insights", insights.itemsDone() + " " + insights.slowest().isEmpty());
            say("table", insights.table().lines().count() > 6);
            Pool shown = pool.with(options -> options.progress(Progress.BAR));
            say("bar", shown.map(FromPython::f, xs));
        }
        say("events", !events.isEmpty());
    }

    private record Point(double x, double y) {}

    /** {@code multiprocessing.Value}, {@code Array}, {@code sharedctypes} and {@code shared_memory}. */
    private static void sharedMemory() {
        SharedInt number = SharedInt.create(7);
        SharedIntArray numbers = SharedIntArray.of(100, 1, 2, 3);
        try (Pool pool = Pool.create(2)) {
            say("value", pool.map(x -> number.addAndGet(x), xs).size() + " " + number.get());
            pool.map(x -> numbers.getAndSet(x, 10 * x), xs);
            say("array", numbers.stream().boxed().toList());
            pool.map(x -> {
                RLock lock = number.lock();
                lock.lock();
                try {
                    number.set(number.get() + x);
                } finally {
                    lock.unlock();
                }
                return x;
            }, xs);
            say("locked", number.get());
        }
        number.close();
        SharedDoubleArray zeros = SharedDoubleArray.create(10);
        SharedInt raw = SharedInt.raw(7);
        SharedIntArray rawArray = SharedIntArray.raw(10);
        int[] copy = numbers.toArray();
        numbers.copyTo(1, copy, 0, 2);
        say("arrays", zeros.length() + " " + raw.get() + " " + rawArray.get(9) + " " + copy[0]);
        SharedStruct<Point> point = SharedStruct.create(new Point(1, 2));
        point.set(new Point(3, point.get().y()));
        SharedStructArray<Point> points = SharedStructArray.create(Point.class, 10);
        say("structures", point.get() + " " + points.get(9));
        SharedMemory memory = SharedMemory.create(1000);
        SharedMemory same = SharedMemory.open(memory.name());
        memory.segment().set(JAVA_BYTE, 0, (byte) 5);
        say("memory", same.segment().get(JAVA_BYTE, 0) + " " + memory.size());
        memory.unlink();
        memory.close();
        ShareableList list = ShareableList.of("howdy", 1.5, 100, true, null);
        list.set(2, 101);
        say("list", list + " " + ShareableList.open(list.name()).indexOf(101) + " " + list.count(1.5));
    }

    /** {@code multiprocessing.Lock} and its kin. */
    @SuppressWarnings("WaitNotInLoop") // signals never come for nothing
    private static void locks() throws Exception {
        Lock lock = Lock.create();
        RLock reentrant = RLock.create();
        Event event = Event.create();
        Condition condition = Condition.create();
        Barrier barrier = Barrier.create(2, () -> event.set(), Duration.ofSeconds(60));
        try (Pool pool = Pool.create(2)) {
            say("lock", pool.map(x -> {
                lock.lock();
                try {
                    return f(x);
                } finally {
                    lock.unlock();
                }
            }, xs));
            say("barrier", pool.map(_ -> barrier.await(), List.of(1, 2), 1).size() + " " + event.isSet());
        }
        say("tryLock", lock.tryLock() + " " + lock.tryLock(Duration.ofSeconds(1)) + " " + lock.isLocked());
        lock.unlock();
        lock.lockReportingDeath();
        reentrant.lock();
        for (Semaphore semaphore : List.of(Semaphore.create(2), BoundedSemaphore.create(2))) {
            semaphore.acquire();
            say("semaphore", semaphore.tryAcquire(Duration.ofSeconds(1)) + " " + semaphore.availablePermits());
            semaphore.release();
        }
        event.clear();
        say("event", event.isSet() + " " + event.await(Duration.ofSeconds(1)));
        condition.lock().lock();
        condition.signal();
        condition.signal(2);
        condition.signalAll();
        say("await", condition.await(Duration.ofSeconds(1)));
        event.set();
        say("waitFor", condition.waitFor(() -> event.isSet(), Duration.ofSeconds(1)));
        say("condition of a lock", Condition.create(lock).lock().isLocked());
        barrier.abort();
        say("broken", barrier.isBroken() + " " + barrier.waiting());
        barrier.reset();
    }

    /** {@code multiprocessing.Queue} and its kin. */
    private static void queues() throws Exception {
        int x = 7;
        try (io.farmhand.sync.Queue<Integer> endless = io.farmhand.sync.Queue.create();
                io.farmhand.sync.Queue<Integer> queue = io.farmhand.sync.Queue.create(10);
                JoinableQueue<Integer> joinable = JoinableQueue.create();
                SimpleQueue<Integer> simple = SimpleQueue.create()) {
            queue.put(x);
            say("offer", queue.offer(x, Duration.ofSeconds(1)) + " " + queue.add(x) + " " + queue.offer(x));
            say("take", queue.take() + " " + queue.poll(Duration.ofSeconds(1)) + " " + queue.remove());
            say("size", queue.size() + " " + queue.isEmpty() + " " + (queue.remainingCapacity() == 0));
            say("poll", queue.poll() + " " + endless.poll());
            joinable.put(x);
            say("joinable", joinable.take());
            joinable.taskDone();
            joinable.join();
            simple.put(x);
            say("simple", simple.take());
        }
    }

    /** {@code multiprocessing.Pipe}. */
    private static void pipes() throws Exception {
        Pipe pipe = Pipe.open();
        Pipe oneWay = Pipe.open(false);
        io.farmhand.sync.Connection a = pipe.first();
        io.farmhand.sync.Connection b = pipe.second();
        a.send("hello");
        say("poll", b.poll() + " " + b.poll(Duration.ofSeconds(1)));
        say("receive", "got " + b.receive());
        byte[] bytes = {0, 1, 2, 3, 4};
        a.sendBytes(bytes, 2, 3);
        say("receiveBytes", b.receiveBytes(100).length);
        a.sendBytes(bytes);
        say("receiveBytesInto", b.receiveBytesInto(new byte[10], 3));
        b.send("there");
        say("waitAny", io.farmhand.sync.Connection.waitAny(List.of(a, b), Duration.ofSeconds(1)).size());
        oneWay.second().close();
        say("end of file", oneWay.first().poll());
        oneWay.first().close();
        a.close();
        b.close();
    }

    private static void say(String what, Object value) {
        System.out.println(what + ": " + value);
    }
}
