package io.farmhand.internal.worker;

import io.farmhand.internal.jvm.ChildFailure;
import io.farmhand.internal.jvm.CurrentJvm;
import io.farmhand.internal.jvm.FailureText;
import io.farmhand.internal.jvm.Launch;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.task.CarriedAction;
import io.farmhand.task.RemoteRunnable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The entry of a {@code JvmProcess}'s JVM: reads one function from standard input and runs it on the main thread.
 *
 * <p>It ends as any JVM does, once the main thread and all others that are no daemons have: with status 0, or with 1
 * when the function threw, for then {@link #main} throws that, too, and the JVM prints it. It loads nothing of gRPC,
 * Netty or protobuf, which would take longer than all the rest of its start.
 */
public final class ProcessMain {
    /** Larger exceptions are left out: an error is not a data channel. */
    private static final long EXCEPTION_BYTES = 1 << 20;

    private ProcessMain() {}

    /**
     * Runs the function.
     *
     * @throws Throwable whatever it throws
     */
    public static void main(String[] args) throws Throwable {
        Lifeline lifeline = Lifeline.take();
        Launch launch;
        try {
            launch = lifeline.launch();
        } catch (EOFException e) { // the parent died before it could say what to do
            Runtime.getRuntime().halt(WorkerMain.ORPHANED);
            return;
        }
        Thread.currentThread().setName(launch.name());
        CurrentJvm.is(launch);
        Outlet.enter(launch.outlet());
        lifeline.watch(launch.outlivesParent());
        RemoteRunnable function = read(launch);
        try {
            function.run();
        } catch (Throwable e) {
            report(launch, true, e);
            throw e;
        }
    }

    private static RemoteRunnable read(Launch launch) throws IOException, UnreadableValueException {
        try {
            ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader());
            Object action = Objects.requireNonNull(reader.read(launch.function()), "the function is null");
            return (RemoteRunnable) (action instanceof CarriedAction carried ? carried.open() : action);
        } catch (Throwable e) {
            report(launch, false, e);
            throw e;
        }
    }

    /** Leaves word for the parent; what cannot be left there is on stderr nevertheless. */
    private static void report(Launch launch, boolean read, Throwable thrown) {
        String stack = FailureText.stack(thrown);
        ByteBuffer exception = ByteBuffer.allocate(0);
        try {
            if (read) { // what we threw, its text says it all
                PayloadBuffer encoded = new PayloadBuffer();
                new ValueWriter(encoded, EXCEPTION_BYTES).writeValue(thrown);
                exception = encoded.detach();
            }
        } catch (Throwable e) { // also what the exception's own code throws
            stack = stack.stripTrailing() + System.lineSeparator() + "(It was not sent as itself: "
                    + FailureText.message(e) + ")";
        }
        try {
            new ChildFailure(read, thrown.getClass().getName(), FailureText.message(thrown), stack, exception)
                    .write(Path.of(launch.report()));
        } catch (FileNotFoundException e) {
            // The parent is gone, which this process outlives; if it is not, it reads stderr.
            return;
        } catch (IOException e) {
            System.err.println("farm: the parent of " + launch.name() + " cannot be told how it ended: " + e);
        }
    }
}
