package io.farmhand.internal.worker;

import io.farmhand.internal.jvm.FailureText;
import io.farmhand.internal.serial.ArrivedClasses;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.SegmentMaker;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueTooLargeException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.task.Contexts;
import io.farmhand.internal.task.Setup;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteRunnable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries out instructions on the runner thread, the only one on which the user's code runs: the set-up first, then
 * items. For each item it reads the argument, calls the function, writes the result. Whatever one item throws at any of
 * these stages is that item's failure; the runner goes on with the next.
 */
final class ChunkRunner implements ArrivedClasses {
    /** Longer cause chains than this are taken for a circle. */
    private static final int MOST_CAUSES = 100;

    private final WorkerSession session;
    private final ItemContext.Worker worker;
    private final ProgressFile progress;
    private final ResultSender sender;
    private final ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader(), SegmentMaker.COPY,
            this);
    private final ItemViews views = new ItemViews();
    private final ValueReader arguments = ValueReader.trusting(ClassLoader.getSystemClassLoader(), views, this);
    private final PayloadBuffer encoded;
    private final ValueWriter writer;
    private final FailureEncoder failures;
    private final KnownFunctions known = new KnownFunctions(reader);
    private final Map<Long, JobFunction> functions = new HashMap<>();
    private final Thread thread = Thread.currentThread();
    /** The context class loader that each item begins with: the one that the initializer left. */
    private @Nullable ClassLoader contextLoader = thread.getContextClassLoader();
    private @Nullable RemoteRunnable finalizer;
    /** The loader of the classes that came with initializer and finalizer, if any did. */
    private @Nullable ClassLoader setupClasses;
    /** The loader of the classes that came with what was read last, if any did. */
    private @Nullable ClassLoader arrived;
    /** How long the function took for the item that ran last. */
    private long functionNanos;
    /** The clock, when it was read last: of a small item, reading it is the larger part. */
    private long nanoTime;
    /** Whether next to nothing was done since, so that it need not be read again for the next item. */
    private boolean timed;

    /**
     * To be made on the runner thread; waits for Welcome.
     *
     * @param results where they go
     */
    ChunkRunner(WorkerSession session, ProgressFile progress, Destination results)
            throws InterruptedException, NotAdmittedException {
        this.session = session;
        this.worker = new ItemContext.Worker(session.number(), new WorkerState(), progress);
        this.progress = progress;
        this.sender = session.sender();
        long maxItemBytes = session.welcome().getMaxItemBytes();
        this.encoded = new PayloadBuffer(session.roomForResults());
        this.writer = new ValueWriter(encoded, maxItemBytes, null, results);
        this.failures = new FailureEncoder(maxItemBytes, results);
        if (!session.welcome().getSetup()) {
            session.ready(new byte[0]);
        }
    }

    /** Runs until told to stop. */
    void run() {
        while (true) {
            switch (next()) {
                case Instruction.Prepare(ByteBuffer setup) -> session.ready(prepare(setup));
                case Instruction.Learn(long job, long seed, ByteBuffer function) ->
                    functions.put(job, new JobFunction(seed, function));
                case Instruction.Run(HeldAttempt attempt, ByteBuffer items) -> run(attempt, items);
                case Instruction.Forget(long job) -> functions.remove(job);
                case Instruction.Stop() -> {
                    runFinalizer();
                    return;
                }
            }
        }
    }

    @Override
    public ClassLoader loader(String note) throws IOException {
        ClassLoader loader = session.classes().loader(note);
        arrived = loader;
        return loader;
    }

    private Instruction next() {
        while (true) {
            try {
                return session.instructions().take();
            } catch (InterruptedException e) {
                // A task that is over interrupts late; only Stop or the end of the connection ends this thread.
            }
        }
    }

    /**
     * Runs the initializer. The finalizer is kept only when that went well: it takes down what the initializer set up.
     *
     * @return the encoded failure, without bytes if there is none
     */
    private byte[] prepare(ByteBuffer encodedSetup) {
        TaskFailure.Stage stage = TaskFailure.Stage.READING_FUNCTION;
        Contexts.enter(ItemContext.ofSetup(worker));
        try {
            Setup setup = Objects.requireNonNull((Setup) reader.read(encodedSetup), "the set-up is null");
            setupClasses = arrived;
            enterClasses(setupClasses);
            stage = TaskFailure.Stage.RUNNING;
            if (setup.initializer() != null) {
                setup.initializer().run();
            }
            finalizer = setup.finalizer();
            return new byte[0];
        } catch (Throwable e) {
            return failures.encode(stage, e, false, null);
        } finally {
            Contexts.enter(null);
            boolean _ = Thread.interrupted();
            leaveClasses(setupClasses);
            contextLoader = thread.getContextClassLoader();
        }
    }

    /** Runs the finalizer; nobody waits for what becomes of it, so its failure is told where a person may find it. */
    private void runFinalizer() {
        if (finalizer == null) {
            return;
        }
        Contexts.enter(ItemContext.ofSetup(worker));
        enterClasses(setupClasses);
        try {
            finalizer.run();
        } catch (Throwable e) {
            System.err.println("farm: the finalizer failed: " + FailureText.stack(e));
        } finally {
            Contexts.enter(null);
        }
    }

    private void run(HeldAttempt attempt, ByteBuffer encodedItems) {
        sender.begin(attempt.attempt(), attempt.nth() > 1);
        progress.attempt(attempt.attempt());
        JobFunction function = functions.get(attempt.job());
        if (function == null) {
            throw new IllegalStateException("a chunk came before the function of job " + attempt.job());
        }
        Items.Cursor items = Items.cursor(encodedItems);
        ItemContext context = context(function, attempt, 0);
        boolean more = attempt.begin(context);
        if (!more) {
            sender.cutShort();
        }
        timed = false;
        for (int place = 0; more; place++) {
            // Stays until the next, since no code of the user's runs between items: a set costs less than two.
            Contexts.enter(context);
            Outcome outcome = runItem(function, items, place, context);
            views.end();
            context = context(function, attempt, place + 1);
            more = attempt.begin(context);
            restoreContextLoader();
            timed &= sender.add(encoded, outcome, functionNanos, !more);
        }
        Contexts.enter(null);
        progress.idle();
        session.answered(attempt);
    }

    private ItemContext context(JobFunction function, HeldAttempt attempt, int place) {
        return new ItemContext(worker, function.seed(), attempt.firstIndex() + place, attempt.nth());
    }

    /** Code of classes that exist in memory only finds them by its context class loader, as it does at the caller's. */
    @SuppressWarnings("ReferenceEquality")
    private void enterClasses(@Nullable ClassLoader classes) {
        if (classes != null && contextLoader == ClassLoader.getSystemClassLoader()) {
            thread.setContextClassLoader(classes);
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void leaveClasses(@Nullable ClassLoader classes) {
        if (classes != null && thread.getContextClassLoader() == classes) {
            thread.setContextClassLoader(contextLoader);
        }
    }

    /** A task may leave a context class loader of its own; the next one is not to find it. */
    @SuppressWarnings("ReferenceEquality")
    private void restoreContextLoader() {
        if (thread.getContextClassLoader() != contextLoader) {
            thread.setContextClassLoader(contextLoader);
        }
    }

    /** Leaves the outcome of one item in {@link #encoded}. */
    private Outcome runItem(JobFunction function, Items.Cursor items, int place, ItemContext context) {
        @Nullable
        Object argument = null;
        TaskFailure.Stage stage = TaskFailure.Stage.READING_FUNCTION;
        boolean read = false;
        functionNanos = 0;
        items.step();
        try {
            RemoteFunction<@Nullable Object, @Nullable Object> f = function.isRead()
                    ? function.get(known, context)
                    : read(function, context);
            enterClasses(function.classes());
            if (!timed) {
                nanoTime = System.nanoTime();
            }
            progress.item(place, nanoTime);
            stage = TaskFailure.Stage.READING_ARGUMENT;
            argument = arguments.read(items);
            read = true;
            stage = TaskFailure.Stage.RUNNING;
            if (!ValueWriter.isPlainNumber(argument)) {
                nanoTime = System.nanoTime();
            }
            Object result = apply(f, argument);
            stage = TaskFailure.Stage.WRITING_RESULT;
            timed = ValueWriter.isPlainNumber(result);
            writer.writeItem(result);
            return Outcome.VALUE;
        } catch (ValueTooLargeException e) {
            fail(TaskFailure.Stage.RESULT_TOO_LARGE, e, read, argument);
            return Outcome.FAILED;
        } catch (Throwable e) {
            if (lostMemory(e)) {
                session.abandon();
            }
            boolean retryable = stage == TaskFailure.Stage.RUNNING && function.isRetryable(e);
            fail(stage, e, read, argument);
            return retryable ? Outcome.RETRYABLE : Outcome.FAILED;
        }
    }

    private RemoteFunction<@Nullable Object, @Nullable Object> read(JobFunction function, ItemContext context)
            throws UnreadableValueException {
        progress.function();
        timed = false;
        arrived = null;
        RemoteFunction<@Nullable Object, @Nullable Object> read = function.get(known, context);
        function.classes(arrived);
        return read;
    }

    /**
     * Whether memory was touched that is not there any more, as that of a mapped file that somebody cut short: the JDK
     * makes an InternalError of the signal, and may do so late. This JVM goes on, but what it has mapped is in doubt.
     */
    private static boolean lostMemory(Throwable thrown) {
        try {
            Throwable cause = thrown;
            for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
                if (cause instanceof InternalError) {
                    return true;
                }
                cause = cause.getCause();
            }
            return false;
        } catch (Throwable e) { // its getCause is the user's
            return false;
        }
    }

    private @Nullable Object apply(RemoteFunction<@Nullable Object, @Nullable Object> function,
            @Nullable Object argument) throws Exception {
        long start = nanoTime;
        try {
            return function.apply(argument);
        } finally {
            nanoTime = System.nanoTime();
            functionNanos = nanoTime - start;
        }
    }

    private void fail(TaskFailure.Stage stage, Throwable thrown, boolean read, @Nullable Object argument) {
        timed = false;
        encoded.truncate(0);
        writer.writeFailure(failures.encode(stage, thrown, read, argument));
    }
}
