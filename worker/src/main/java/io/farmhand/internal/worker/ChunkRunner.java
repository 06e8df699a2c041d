package io.farmhand.internal.worker;

import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueTooLargeException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.task.RemoteFunction;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries out instructions on the runner thread, the only one on which the user's code runs: reads an argument, calls
 * the function, writes the result. Whatever one item throws at any of these stages is that item's failure; the
 * runner goes on with the next.
 */
final class ChunkRunner {
    private final WorkerSession session;
    private final ProgressFile progress;
    private final ResultSender sender;
    private final ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader());
    private final PayloadBuffer encoded = new PayloadBuffer();
    private final ValueWriter writer;
    private final FailureEncoder failures;
    private final Map<Long, JobFunction> functions = new HashMap<>();

    ChunkRunner(WorkerSession session, ProgressFile progress) throws InterruptedException, NotAdmittedException {
        this.session = session;
        this.progress = progress;
        this.sender = session.sender();
        long maxItemBytes = session.welcome().getMaxItemBytes();
        this.writer = new ValueWriter(encoded, maxItemBytes);
        this.failures = new FailureEncoder(maxItemBytes);
    }

    /** Runs until told to stop. */
    void run() {
        while (true) {
            switch (next()) {
                case Instruction.Learn learn -> functions.put(learn.job(), new JobFunction(learn.function()));
                case Instruction.Run chunk -> run(chunk);
                case Instruction.Forget(long job) -> {
                    functions.remove(job);
                    session.forget(job);
                }
                case Instruction.Stop() -> {
                    return;
                }
            }
        }
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

    private void run(Instruction.Run chunk) {
        sender.begin(chunk.attempt());
        progress.attempt(chunk.attempt());
        JobFunction function = functions.get(chunk.job());
        if (function == null) {
            throw new IllegalStateException("a chunk came before the function of job " + chunk.job());
        }
        Items.Cursor items = Items.cursor(chunk.items());
        for (int place = 0; place < chunk.count(); place++) {
            if (session.hasEnded(chunk.job())) {
                sender.cutShort();
                break;
            }
            runItem(function, items.next(), place);
            // A task may leave its thread interrupted; the next one is not to find it so.
            boolean _ = Thread.interrupted();
            sender.add(encoded, place == chunk.count() - 1);
        }
        progress.idle();
    }

    /** Leaves the outcome of one item in {@link #encoded}. */
    private void runItem(JobFunction function, ByteBuffer item, int place) {
        @Nullable
        Object argument = null;
        TaskFailure.Stage stage = TaskFailure.Stage.READING_FUNCTION;
        boolean read = false;
        try {
            if (!function.isRead()) {
                progress.function();
            }
            RemoteFunction<@Nullable Object, @Nullable Object> f = function.get(reader);
            progress.item(place);
            stage = TaskFailure.Stage.READING_ARGUMENT;
            argument = reader.read(item);
            read = true;
            stage = TaskFailure.Stage.RUNNING;
            Object result = f.apply(argument);
            stage = TaskFailure.Stage.WRITING_RESULT;
            writer.writeItem(result);
        } catch (ValueTooLargeException e) {
            fail(TaskFailure.Stage.RESULT_TOO_LARGE, e, read, argument);
        } catch (Throwable e) {
            fail(stage, e, read, argument);
        }
    }

    private void fail(TaskFailure.Stage stage, Throwable thrown, boolean read, @Nullable Object argument) {
        encoded.truncate(0);
        writer.writeFailure(failures.encode(stage, thrown, read, argument));
    }

    /** A job's function, read when its first item is at hand; owned by the runner. */
    private static final class JobFunction {
        private final ByteBuffer encoded;
        private @Nullable RemoteFunction<@Nullable Object, @Nullable Object> function;
        private @Nullable UnreadableValueException unreadable;

        JobFunction(ByteBuffer encoded) {
            this.encoded = encoded;
        }

        boolean isRead() {
            return function != null || unreadable != null;
        }

        @SuppressWarnings("unchecked") // the coordinator's Pool takes nothing else
        RemoteFunction<@Nullable Object, @Nullable Object> get(ValueReader reader) throws UnreadableValueException {
            if (unreadable != null) {
                throw unreadable;
            }
            if (function == null) {
                try {
                    function = (RemoteFunction<@Nullable Object, @Nullable Object>) reader.read(encoded);
                } catch (UnreadableValueException e) {
                    unreadable = e;
                    throw e;
                }
            }
            if (function == null) {
                throw new IllegalStateException("the function is null");
            }
            return function;
        }
    }
}
