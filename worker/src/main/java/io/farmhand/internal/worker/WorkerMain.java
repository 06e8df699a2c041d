package io.farmhand.internal.worker;

import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.shm.ProgressFile;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The entry of a worker JVM.
 *
 * <pre>
 *  standard input --> Boot --> ParentWatch (its end is the parent's death: halt)
 *  farm-grpc     : WorkerSession --> queue --.
 *  farm-runner   :                            '--> ChunkRunner [the user's function] --> ResultSender --> call
 *  farm-flush    : results that wait while a long item runs ------------------------------^
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

    private WorkerMain() {}

    /** Runs the worker until the coordinator stops it. */
    @SuppressWarnings("CatchAndPrintStackTrace") // stderr is where the coordinator looks for it
    public static void main(String[] args) {
        Thread.currentThread().setName("farm-runner");
        try {
            InputStream in = System.in;
            System.setIn(InputStream.nullInputStream());
            Boot boot = Boot.parseDelimitedFrom(in);
            if (boot == null) {
                System.exit(ORPHANED); // the parent died before it could say where it is
            }
            ParentWatch parent = ParentWatch.start(in);
            leaveInterruptsToTheParent();
            ProgressFile progress = ProgressFile.map(Path.of(boot.getProgress()));
            WorkerSession session = WorkerSession.open(boot);
            new ChunkRunner(session, progress).run();
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

    /**
     * Ctrl-C goes to every process of a terminal; what then becomes of the workers is the coordinator's decision.
     * Reflection, since javac has no way to accept {@code sun.misc.Signal} without a warning, and the JDK no other way
     * to ignore a signal.
     */
    private static void leaveInterruptsToTheParent() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("INT"),
                    handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            // Started with -Xrs, or on a JVM without it: then Ctrl-C ends the worker, as it ends the parent.
            return;
        }
    }
}
