package io.farmhand;

import io.farmhand.internal.gather.Run;
import io.farmhand.internal.jvm.ChildFailure;
import io.farmhand.internal.jvm.Origins;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.wire.TaskFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/** Makes and throws what callers see. Stateless. */
final class Failures {
    private Failures() {}

    /**
     * Throws a throwable as it is, checked or not: a task's exception reaches the caller as the type it was thrown as.
     *
     * @return never; so that the compiler sees the end
     */
    static RuntimeException asItIs(Throwable thrown) {
        return Failures.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /**
     * What was thrown in a worker, as the type that it was.
     *
     * @param origin says where that was, with more text at its end; it stands for what cannot be rebuilt
     */
    static Throwable rebuild(TaskFailure failure, ValueReader reader, Function<String, RemoteTaskException> origin) {
        return rebuild(failure.exception(), "The worker's stack: " + failure.stack(), reader, origin);
    }

    /**
     * What was thrown in a child JVM, as the type that it was.
     *
     * @param origin as of {@link #rebuild(TaskFailure, ValueReader, Function)}
     */
    static Throwable rebuild(ChildFailure failure, ValueReader reader, Function<String, RemoteTaskException> origin) {
        return rebuild(failure.exception(), "The child's stack: " + failure.stack(), reader, origin);
    }

    private static Throwable rebuild(ByteBuffer exception, String itsStack, ValueReader reader,
            Function<String, RemoteTaskException> origin) {
        String stack = System.lineSeparator() + itsStack.stripTrailing();
        if (!exception.hasRemaining()) {
            return origin.apply(stack);
        }
        try {
            if (reader.read(exception) instanceof Throwable rebuilt) {
                Origins.attach(rebuilt, origin.apply(""));
                return rebuilt;
            }
            return origin.apply(stack);
        } catch (UnreadableValueException e) {
            RemoteTaskException instead = origin
                    .apply(System.lineSeparator() + "It cannot be rebuilt here: " + e.getMessage() + stack);
            instead.addSuppressed(e);
            return instead;
        }
    }

    /**
     * What the users of a pool see that can run nothing any more.
     *
     * @param failure what the pool's initializer failed with, encoded; without bytes when it did not
     * @param worker that ran it, or -1
     */
    static PoolBrokenException broken(String message, ByteBuffer failure, int worker, ValueReader reader) {
        if (!failure.hasRemaining()) {
            return new PoolBrokenException(message, null);
        }
        TaskFailure setup = TaskFailure.decode(failure);
        String what = setup.message().isEmpty() ? setup.type() : setup.type() + ": " + setup.message();
        Function<String, RemoteTaskException> origin = more -> new RemoteTaskException(
                "The initializer failed: " + what + more, -1, "", worker, 0, setup.type(), setup.stack());
        if (setup.stage() == TaskFailure.Stage.RUNNING) {
            return new PoolBrokenException(message, rebuild(setup, reader, origin));
        }
        return new PoolBrokenException(message, new TaskSerializationException(
                TaskSerializationException.Stage.FUNCTION_IN, -1,
                "The initializer or the finalizer cannot be read in a worker: " + setup.message(), origin.apply("")));
    }

    /**
     * What the caller of a job that failed as a whole sees.
     *
     * @param limit how long an item of the job may run
     * @param reader reads what a broken pool's initializer threw
     */
    static RuntimeException of(Run.JobFailed failed, Duration limit, ValueReader reader) {
        return switch (failed.reason()) {
            case CANCELLED -> new CancellationException(failed.message());
            case CLOSED -> new PoolClosedException(failed.message());
            case BROKEN -> broken(failed.message(), failed.failure(), failed.worker(), reader);
            case FUNCTION_CRASHED -> new WorkerCrashedException(failed.message(), -1, "", failed.worker(), 1,
                    failed.exitCode());
            case FUNCTION_TIMED_OUT ->
                new TaskTimeoutException(failed.message(), -1, "", failed.worker(), 1, limit, limit, "");
        };
    }
}
