package io.farmhand.cli;

import io.farmhand.cli.input.Input;
import io.farmhand.cli.input.Inputs;
import io.farmhand.cli.task.MethodTask;
import io.farmhand.internal.process.JavaCommand;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.process.WorkerArguments;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what {@code farm map} would run. */
final class DryRun {
    private static final int SHOWN = 10;

    private final Console console;
    private final TargetMethod target;
    private final String method;
    private final MethodTask task;
    private final List<Path> classPath;
    private final RunOptions options;
    private final int workers;
    private final boolean isHere;

    /** @param isHere whether the workers are of this host */
    DryRun(Console console, TargetMethod target, String method, MethodTask task, List<Path> classPath,
            RunOptions options, int workers, boolean isHere) {
        this.console = console;
        this.target = target;
        this.method = method;
        this.task = task;
        this.classPath = classPath;
        this.options = options;
        this.workers = workers;
        this.isHere = isHere;
    }

    /**
     * Prints it: the method, the first inputs, how they would be cut, how a worker would be started.
     *
     * @return the exit status: 0, or 2 when the first input cannot be sent
     * @throws IOException when the inputs cannot be read
     */
    int tell(Inputs inputs) throws IOException {
        PrintStream out = new PrintStream(console.output(), true, StandardCharsets.UTF_8);
        out.println("method: " + target.method().toGenericString());
        List<Input> first = new ArrayList<>();
        for (Input next = inputs.next(); next != null && first.size() <= SHOWN; next = inputs.next()) {
            first.add(next);
        }
        long known = first.size() <= SHOWN ? first.size() : inputs.size();
        out.println("inputs: " + (known < 0 ? "as many as there are to read" : known) + ", in "
                + (known < 0 ? "" : Math.ceilDiv(known, options.chunkSize()) + " ") + "chunks of "
                + options.chunkSize());
        first.stream().limit(SHOWN).forEach(input -> out.println("  " + method + " " + Preview.of(input)
                + (input instanceof Input.Bad bad ? " cannot be read: " + bad.why() : "")));
        if (first.size() > SHOWN) {
            out.println("  ...");
        }
        if (isHere) {
            out.println("workers: " + workers + ", each started as");
            out.println("  " + command());
        } else {
            out.println("workers: those of the farm" + (workers == Integer.MAX_VALUE ? "" : ", at most " + workers));
        }
        return first.isEmpty() || roundTrip(out, first.getFirst()) ? 0 : ExitStatus.USAGE;
    }

    private String command() {
        List<Path> whole = new ArrayList<>(JavaCommand.ownClassPath());
        whole.addAll(classPath);
        LaunchOptions launch = new LaunchOptions(whole, options.jvmArguments(), Map.of(), options.maxHeap(),
                Path.of("").toAbsolutePath(), workers);
        return WorkerArguments.command(launch).stream().map(DryRun::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Writes and reads the function and the first input, as they would travel. */
    private boolean roundTrip(PrintStream out, Input first) {
        if (!(first instanceof Input.Item item)) {
            return true;
        }
        try {
            out.println("sent: " + bytes(task) + " bytes for the function, " + bytes(item.value())
                    + " bytes for the first input");
            return true;
        } catch (UnwritableValueException | UnreadableValueException e) {
            console.error().println("farm: the first input cannot be sent: " + e.getMessage());
            return false;
        }
    }

    private static int bytes(Object value) throws UnwritableValueException, UnreadableValueException {
        PayloadBuffer buffer = new PayloadBuffer();
        new ValueWriter(buffer, Integer.MAX_VALUE).writeValue(value);
        ByteBuffer bytes = buffer.detach();
        int size = bytes.remaining();
        Object _ = ValueReader.trusting(DryRun.class.getClassLoader()).read(bytes);
        return size;
    }
}
