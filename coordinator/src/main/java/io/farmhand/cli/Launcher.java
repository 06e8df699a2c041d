package io.farmhand.cli;

import io.farmhand.internal.launch.AotFile;
import io.farmhand.internal.launch.CommandJvm;
import io.farmhand.internal.launch.NettySettings;
import io.farmhand.internal.launch.SignalRelay;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The main class of the jar, which any Java since 8 can load: it runs the command line, in another JVM where this one is
 * too old, or where there is an AOT cache with which another one starts faster.
 *
 * <p>System properties: {@code farm.main} names the class whose {@code main} is run, and {@code farm.java.search} the
 * directories to look for a newer Java in, instead of the usual ones. What is written here, in {@link JavaFinder} and in
 * {@code io.farmhand.internal.launch} must compile for Java 8.
 */
public final class Launcher {
    static final int REQUIRED = 25;

    private static final int UNUSABLE = 2;
    private static final String MAIN = "farm.main";
    private static final String CLASS_PATH = "java.class.path";
    /** One that a child does not inherit, as an argument or as the value of an option. */
    private static final Pattern DESCRIPTOR = Pattern
            .compile("(--?[a-z-]+=|)/(?:dev|proc/self)/fd/([3-9]|[1-9][0-9]+)");
    /** By which a JVM ends that crashes, as the exit status has it: SIGILL, SIGABRT, SIGBUS and SIGSEGV. */
    private static final List<Integer> CRASHES = Arrays.asList(128 + 4, 128 + 6, 128 + 7, 128 + 11);
    /** Longer delays Ctrl-C when the child hangs, shorter cuts off its own clean-up. */
    private static final long GRACE_SECONDS = 5;
    /** The subcommands that run until they are told to end, and may take a while then. */
    private static final List<String> LONG_RUNNING = Arrays.asList("coordinator", "worker");
    private static final long LONG_GRACE_SECONDS = 86_400;
    /** The subcommands that finish what runs when they are interrupted. */
    private static final List<String> INTERRUPTIBLE = Arrays.asList("map", "submit");

    private Launcher() {}

    /**
     * Runs the command line: in this JVM, or in another one that can or that starts faster.
     *
     * @param arguments passed on as they are
     * @throws Throwable what the main method throws
     */
    public static void main(String[] arguments) throws Throwable {
        if (!Boolean.getBoolean(CommandJvm.RELAUNCHED)) {
            boolean tooOld = JavaFinder.parse(System.getProperty("java.specification.version"))[0] < REQUIRED;
            Path javaHome = tooOld ? newerJava() : Paths.get(System.getProperty("java.home"));
            List<String> given = CommandJvm.ownOptions(arguments.length);
            boolean stays = arguments.length > 0 && LONG_RUNNING.contains(arguments[0]);
            // One that stays needs no quick start, and this JVM would stay beside it.
            Path cacheName = given == null || stays ? null : cacheName(javaHome);
            Path cache = cacheName == null ? null : AotFile.find(cacheName);
            if (tooOld || cache != null) {
                Process child = relaunch(javaHome, given, cacheName, cache, arguments);
                if (arguments.length > 0 && INTERRUPTIBLE.contains(arguments[0])) {
                    SignalRelay.passInterruptsOn(child);
                }
                System.exit(await(child, cache, stays ? LONG_GRACE_SECONDS : GRACE_SECONDS));
            }
            if (cacheName != null) {
                System.setProperty(CommandJvm.WANTED, cacheName.toString());
            }
        }
        run(arguments);
    }

    private static void run(String[] arguments) throws Throwable {
        NettySettings.doWithoutUnsafe(); // the jar must not print the JVM's warnings about sun.misc.Unsafe
        if (Boolean.getBoolean(CommandJvm.RELAUNCHED)) {
            invoke("io.farmhand.cli.LauncherWatch", arguments);
        }
        invoke(System.getProperty(MAIN, "io.farmhand.cli.FarmCommand"), arguments);
    }

    private static void invoke(String className, String[] arguments) throws Throwable {
        try {
            Class.forName(className).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (ClassNotFoundException | NoSuchMethodException e) {
            fail("no public static void main(String[]) in class " + className + " on the class path "
                    + System.getProperty("java.class.path") + ": farm.main must name a main class");
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Path newerJava() throws IOException {
        String javaHome = System.getenv("JAVA_HOME");
        JavaFinder finder = new JavaFinder(javaHome == null ? "" : javaHome, JavaFinder.usualDirectories());
        JavaFinder.Java java = finder.find(REQUIRED);
        if (java == null) {
            fail("needs Java " + REQUIRED + " or later, but this is Java " + System.getProperty("java.version") + " ("
                    + System.getProperty("java.home") + "), " + finder.describe() + ": install a JDK " + REQUIRED
                    + " and set JAVA_HOME to its directory");
        }
        return java.home.toPath().toRealPath(); // as it calls itself
    }

    /** The name of the command line's cache; null where something else is to be run, or the class path is not the jar. */
    private static Path cacheName(Path javaHome) {
        Path jar = Paths.get(System.getProperty(CLASS_PATH)).toAbsolutePath();
        return System.getProperty(MAIN) != null || !Files.isRegularFile(jar) ? null : CommandJvm.name(javaHome, jar);
    }

    /** A descriptor of this process, such as the shell's {@code <(...)}, by a name under which a child finds it, too. */
    private static String reachable(String argument) throws IOException {
        Matcher descriptor = DESCRIPTOR.matcher(argument);
        Path self = Paths.get("/proc/self");
        return descriptor.matches() && Files.isSymbolicLink(self)
                ? descriptor.group(1) + "/proc/" + Files.readSymbolicLink(self) + "/fd/" + descriptor.group(2)
                : argument;
    }

    private static Process relaunch(Path javaHome, List<String> given, Path cacheName, Path cache, String[] arguments)
            throws IOException {
        Path java = javaHome.resolve("bin/java");
        List<String> command = new ArrayList<>();
        command.add((Files.exists(java) ? java : javaHome.resolve("bin/java.exe")).toString());
        if (cacheName == null) {
            command.add("-D" + CommandJvm.RELAUNCHED + "=true");
            // A class path, unlike -jar, does not bring the manifest's Enable-Native-Access.
            command.add("--enable-native-access=ALL-UNNAMED");
        } else {
            command.addAll(CommandJvm.options());
            if (cache == null) {
                command.add("-D" + CommandJvm.WANTED + "=" + cacheName);
            } else {
                command.addAll(CommandJvm.using(cache));
                command.add("-XX:+VerifySharedSpaces"); // so that a damaged one is passed over
            }
        }
        command.addAll(given == null ? ownSettings() : given);
        command.add("-cp");
        command.add(cacheName == null
                ? System.getProperty(CLASS_PATH)
                : Paths.get(System.getProperty(CLASS_PATH)).toAbsolutePath().toString());
        command.add(CommandJvm.MAIN);
        for (String argument : arguments) {
            command.add(reachable(argument));
        }
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** What of the options of an older Java a newer one will understand for certain. */
    private static List<String> ownSettings() {
        List<String> settings = new ArrayList<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("farm.")) {
                settings.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        return settings;
    }

    /**
     * Waits for the child, which must not outlive this process when that is told to end.
     *
     * @param cache what to remove when the child crashes: it may be the cause
     * @param graceSeconds how long it may take to end
     */
    private static int await(final Process child, Path cache, final long graceSeconds)
            throws InterruptedException, IOException {
        Thread ender = new Thread(new Runnable() {
            @Override
            public void run() {
                end(child, graceSeconds);
            }
        }, "farm-child-ender");
        try {
            Runtime.getRuntime().addShutdownHook(ender);
        } catch (IllegalStateException alreadyEnding) {
            end(child, graceSeconds);
        }
        int status = child.waitFor();
        if (cache != null && CRASHES.contains(status)) {
            Files.deleteIfExists(cache);
            System.err.println("farm: the JVM crashed; its AOT cache, perhaps the cause, was removed: " + cache);
        }
        return status;
    }

    private static void end(Process child, long graceSeconds) {
        child.destroy();
        try {
            if (!child.waitFor(graceSeconds, TimeUnit.SECONDS)) {
                child.destroyForcibly();
            }
        } catch (InterruptedException e) {
            child.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void fail(String line) {
        System.err.println("farm: " + line);
        System.exit(UNUSABLE);
    }
}
