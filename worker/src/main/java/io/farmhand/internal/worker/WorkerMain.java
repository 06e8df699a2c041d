package io.farmhand.internal.worker;

import io.farmhand.internal.jvm.CurrentJvm;
import io.farmhand.internal.jvm.Signals;
import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.socket.Outlet;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The entry of a worker JVM.
 *
 * <pre>
 *  standard input --> Boot --> ParentWatch (its end is the parent's death: halt)
 *
 *  farm-grpc   : WorkerSession -- Prepare, Learn, Run, Forget, Stop --> queue --.
 *                   | Recall, JobEnd: lower the limit, interrupt                |
 *                   '------------> HeldAttempt <-- begin, end each item --.     |
 *  farm-runner : [initializer] [function] [finalizer] <------------- ChunkRunner <
 *                                                                         | each item's outcome
 *                                                                         v
 *  farm-timer  : what lingers while a long item runs -------------> ResultSender --.
 *                VitalSigns: heartbeats ---------------------------------------.   |
 *  farm-grpc   : Returned, Dumped -------------------------------------------. |   |
 *  SIGTERM     : Departure: Leaving ---------------------------------------. | |   |
 *                                                                          v v v   v
 *                                                                         FramedSender --> call
 * </pre>
 *
 * <p>The main thread becomes {@code farm-runner}. stdout and stderr are the user's; what ends the worker by fault is
 * told on stderr, which the coordinator keeps the tail of.
 */
public final class WorkerMain {
    /** The exit status of a worker whose parent or connection went away. */
    static final int ORPHANED = 70;
    /** The exit status of a worker that could not start or met a bug of ours. */
    static final int BROKEN = 71;
    /** The exit status that SIGTERM gives a process: 128 and the signal's number. */
    static final int TERMINATED = 143;

    private WorkerMain() {}

    /** Runs the worker until the coordinator stops it. */
    @SuppressWarnings("CatchAndPrintStackTrace") // stderr is where the coordinator looks for it
    public static void main(String[] args) {
        Thread.currentThread().setName("farm-runner");
        // Netty would look for three other libraries first, which takes longer than most of what a worker loads.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        try {
            InputStream in = System.in;
            System.setIn(InputStream.nullInputStream());
            Boot boot = Boot.parseDelimitedFrom(in);
            if (boot == null) {
                System.exit(ORPHANED); // the parent died before it could say where it is
            }
            ParentWatch parent = ParentWatch.start(in);
            CurrentJvm.isWorker(boot.getWorker());
            Outlet.enter(boot.getOutlet());
            Signals.leaveInterruptsToTheParent();
            ProgressFile progress = ProgressFile.map(Path.of(boot.getProgress()));
            WorkerSession session = WorkerSession.open(boot);
            ChunkRunner runner = new ChunkRunner(session, progress,
                    boot.getLent() ? Destination.BACK : Destination.HERE);
            session.leaveAtTermination();
            runner.run();
            parent.leave();
            boolean _ = Thread.interrupted(); // by a task that is over
            session.finish();
        } catch (NotAdmittedException e) {
            System.err.println("farm: " + e.getMessage());
            System.exit(BROKEN);
        } catch (InterruptedException e) {
            System.exit(ORPHANED);
        } catch (Throwable e) { // nothing may end this thread and leave the JVM to the user's own threads
            e.printStackTrace();
            System.exit(BROKEN);
        }
        System.exit(0);
    }
}
