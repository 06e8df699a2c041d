package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.process.ChildOptions;
import io.farmhand.internal.process.ChildProcess;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.CarriedAction;
import io.farmhand.task.RemoteRunnable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The options of a process to be started; begun with {@link JvmProcess#builder}. It can start any number of processes.
 * Not for use by several threads.
 */
public final class JvmProcessBuilder {
    private static final long MOST_FUNCTION_BYTES = 1L << 30;

    private final RemoteRunnable action;
    private String name = "";
    private boolean daemon;
    private boolean outlivesParent;
    private List<String> jvmArgs = List.of();
    private final Map<String, String> environment = new HashMap<>();
    private Path directory = Path.of("").toAbsolutePath();

    JvmProcessBuilder(RemoteRunnable action) {
        this.action = Objects.requireNonNull(action, "action");
    }

    /**
     * What the process is called: in {@link JvmProcess#name}, {@link JvmProcess#currentName} and as the name of its main
     * thread. By default {@code JvmProcess-1}, {@code JvmProcess-2}, and so on; {@code JvmProcess-1:2} for the second
     * child of the first.
     *
     * @throws IllegalArgumentException when it is empty
     */
    public JvmProcessBuilder name(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("name is empty: leave it out for one with a number");
        }
        name = text;
        return this;
    }

    /**
     * Whether the process ends with this JVM instead of being waited for; false by default. As Python's {@code daemon},
     * but such a process may have children of its own.
     */
    public JvmProcessBuilder daemon(boolean endsWithParent) {
        daemon = endsWithParent;
        return this;
    }

    /**
     * Whether the process lives on when this JVM ends or is killed; false by default. Nobody waits for it then, and it
     * keeps this JVM's standard output and error open.
     */
    public JvmProcessBuilder outlivesParent(boolean livesOn) {
        outlivesParent = livesOn;
        return this;
    }

    /** Options for the JVM, after ours, so that they win; none by default. */
    public JvmProcessBuilder jvmArgs(String... args) {
        jvmArgs = List.of(args);
        return this;
    }

    /**
     * Variables for the environment, beside those of this process.
     *
     * @throws IllegalArgumentException when one cannot be in an environment
     */
    public JvmProcessBuilder environment(Map<String, String> variables) {
        PoolBuilder.checkEnvironment(variables);
        environment.putAll(variables);
        return this;
    }

    /**
     * The working directory; this process's own by default.
     *
     * @throws IllegalArgumentException when it is no directory
     */
    public JvmProcessBuilder directory(Path workingDirectory) {
        if (!Files.isDirectory(workingDirectory)) {
            throw new IllegalArgumentException("directory=" + workingDirectory + " is not a directory");
        }
        directory = workingDirectory.toAbsolutePath();
        return this;
    }

    /**
     * Starts the process, and does not wait until it runs.
     *
     * @throws TaskSerializationException when the action, with what it captures, cannot be serialized; the message
     *     names the way to the culprit
     * @throws UncheckedIOException when the process cannot be started: no descriptor, process or memory is left, or the
     *     directory is gone
     * @throws IllegalStateException when this JVM ends, or when the process is to be a daemon and to outlive this JVM
     */
    public JvmProcess start() {
        if (daemon && outlivesParent) {
            throw new IllegalStateException("daemon=true and outlivesParent=true contradict each other: a daemon ends"
                    + " with its parent");
        }
        Travel travel = Travel.toOne();
        ByteBuffer encoded = travel.serialize(this::encode);
        List<String> args = new ArrayList<>(Nesting.inherited());
        args.addAll(jvmArgs);
        boolean started = false;
        try {
            ChildProcess child = ChildProcess.start(
                    new ChildOptions(name, daemon, outlivesParent, args, Map.copyOf(environment), directory),
                    encoded);
            started = true;
            CompletableFuture<Void> _ = child.onExit().handle((_, _) -> {
                travel.lose();
                return null;
            });
            return JvmProcess.of(child, action.getClass().getClassLoader());
        } catch (IOException e) {
            // The JDK's message goes on with possible reasons, of which none is ours.
            String cause = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UncheckedIOException(
                    ("The process%s cannot be started: %s. Is its directory=%s there, are there descriptors, processes and"
                            + " memory left (ulimit -n, ulimit -u)?").formatted(name.isEmpty() ? "" : " " + name,
                                    cause.strip(), directory),
                    e);
        } finally {
            if (!started) {
                travel.undo();
            }
        }
    }

    private static ByteBuffer encode(Object action, @Nullable TravellingClasses classes)
            throws UnwritableValueException {
        PayloadBuffer encoded = new PayloadBuffer();
        new ValueWriter(encoded, MOST_FUNCTION_BYTES, classes).writeValue(action);
        return encoded.detach();
    }

    private ByteBuffer encode() {
        try {
            ByteBuffer encoded = encode(action, new MemoryClasses(new BlobStore(), MOST_FUNCTION_BYTES));
            Travel travel = Objects.requireNonNull(Travel.current());
            CarriedAction carried = travel.baggage() == null ? null : MemoryCode.carried(encoded, travel);
            return carried == null ? encoded : encode(carried, null);
        } catch (UnwritableValueException e) {
            throw new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                    "The action cannot be sent to a process: " + e.getMessage(), e);
        }
    }
}
