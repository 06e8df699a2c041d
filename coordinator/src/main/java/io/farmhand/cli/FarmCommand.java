package io.farmhand.cli;

import io.farmhand.internal.hint.NearestName;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code farm}; all it does is done by its subcommands. */
@Command(name = "farm", mixinStandardHelpOptions = true, versionProvider = FarmCommand.Version.class,
        description = "Maps functions over data in worker JVMs.", footer = FarmCommand.FOOTER)
public final class FarmCommand implements Runnable {
    static final String FOOTER = """

            Examples:
              farm map --jar my.jar com.acme.Score::file data/*.csv
              farm map -j 4 --jar my.jar com.acme.Score::line < lines.txt > scores.txt
              farm map --help

            A cluster:
              farm certs
              farm coordinator
              farm worker --join localhost
              farm submit --farm localhost --jar my.jar com.acme.Score::line < lines.txt
              farm status --farm localhost

            In the project's directory, ./farm demo runs the tutorial's main job.""";

    private static final String COMPLETION = "generate-completion";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private FarmCommand() {}

    /**
     * Runs the command line and ends this process with its status.
     *
     * @param arguments the subcommand, its options and inputs
     */
    public static void main(String[] arguments) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE); // as in WorkerMain
        Logs.quietLibraries();
        System.exit(run(Console.ofProcess(), arguments));
    }

    /** Runs the command line and gives its exit status. */
    static int run(Console console, String... arguments) {
        CommandLine commandLine = commandLine(console, arguments.length == 0 ? "" : arguments[0]);
        // Inputs are data: "@name" is no file of further arguments, and what follows the method is no option.
        commandLine.setExpandAtFiles(false);
        commandLine.setStopAtPositional(true);
        commandLine.setOut(new PrintWriter(console.output(), true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(console.error(), true, StandardCharsets.UTF_8));
        commandLine.setParameterExceptionHandler((failure, given) -> explain(failure));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof UsageException) {
                return explain(new ParameterException(command, String.valueOf(failure.getMessage())));
            }
            FailureReport.printFatal(console, failure);
            return ExitStatus.FATAL;
        });
        return commandLine.execute(arguments);
    }

    /**
     * The command with its subcommands.
     *
     * @param wanted the one subcommand that is wanted, since the model of each takes some milliseconds; anything else
     *     for all
     */
    static CommandLine commandLine(Console console, String wanted) {
        CommandLine commandLine = new CommandLine(new FarmCommand());
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("map", () -> new MapCommand(console));
        all.put("submit", () -> new SubmitCommand(console));
        all.put("coordinator", () -> new CoordinatorCommand(console));
        all.put("worker", () -> new WorkerCommand(console));
        all.put("status", () -> new StatusCommand(console));
        all.put("health", () -> new HealthCommand(console));
        all.put("certs", () -> new CertsCommand(console));
        // No method reference: JDK 25 crashes when it makes an AOT cache of one to the constructor of so old a class file.
        all.put(COMPLETION, () -> new AutoComplete.GenerateCompletion());
        Supplier<Object> one = wanted.equals(COMPLETION) ? null : all.get(wanted); // it is about all of them
        (one == null ? all.values() : List.of(one)).forEach(each -> commandLine.addSubcommand(each.get()));
        return commandLine;
    }

    private static int explain(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        PrintWriter error = command.getErr();
        error.println("farm: " + failure.getMessage() + suggestion(failure));
        error.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE;
    }

    /** The nearest option or subcommand to one that is unknown. */
    private static String suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched) || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String wanted = unmatched.getUnmatched().getFirst().split("=", 2)[0];
        CommandSpec known = failure.getCommandLine().getCommandSpec();
        Stream<String> names = Stream.concat(known.optionsMap().keySet().stream(),
                known.subcommands().keySet().stream());
        return NearestName.of(wanted, names).map(near -> "; did you mean " + near + "?").orElse("");
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "missing subcommand: " + String.join(", ", spec.subcommands().keySet()));
    }

    /** The version of the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = FarmCommand.class.getPackage().getImplementationVersion();
            return new String[]{"farm " + (version == null ? "(development)" : version) + ", Java "
                    + Runtime.version()};
        }
    }
}
