package io.farmhand.cli;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The main class of the jar, which any Java since 8 can load: it runs the command line, on a newer Java where this one
 * is too old.
 *
 * <p>System properties: {@code farm.main} names the class whose {@code main} is run, and {@code farm.java.search} the
 * directories to look for a newer Java in, instead of the usual ones. What is written here and in {@link JavaFinder}
 * must compile for Java 8.
 */
public final class Launcher {
    static final int REQUIRED = 25;

    private static final int UNUSABLE = 2;
    private static final String RELAUNCHED = "farm.relaunched";
    /** Longer delays Ctrl-C when the child hangs, shorter cuts off its own clean-up. */
    private static final long GRACE_SECONDS = 5;

    private Launcher() {}

    /**
     * Runs the command line, or runs itself again on a Java that can.
     *
     * @param arguments passed on as they are
     * @throws Throwable what the main method throws
     */
    public static void main(String[] arguments) throws Throwable {
        if (JavaFinder.parse(System.getProperty("java.specification.version"))[0] >= REQUIRED) {
            run(arguments);
        } else {
            System.exit(relaunch(arguments));
        }
    }

    private static void run(String[] arguments) throws Throwable {
        // The jar must not print the JVM's warnings about sun.misc.Unsafe. Netty can do without it.
        if (System.getProperty("io.netty.noUnsafe") == null) {
            System.setProperty("io.netty.noUnsafe", "true");
        }
        if (Boolean.getBoolean(RELAUNCHED)) {
            invoke("io.farmhand.cli.LauncherWatch", arguments);
        }
        invoke(System.getProperty("farm.main", "io.farmhand.cli.FarmCommand"), arguments);
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

    private static int relaunch(String[] arguments) throws IOException, InterruptedException {
        String javaHome = System.getenv("JAVA_HOME");
        JavaFinder finder = new JavaFinder(javaHome == null ? "" : javaHome, JavaFinder.usualDirectories());
        JavaFinder.Java java = finder.find(REQUIRED);
        if (java == null) {
            fail("needs Java " + REQUIRED + " or later, but this is Java " + System.getProperty("java.version") + " ("
                    + System.getProperty("java.home") + "), " + finder.describe() + ": install a JDK " + REQUIRED
                    + " and set JAVA_HOME to its directory");
        }
        return await(new ProcessBuilder(command(java, arguments)).inheritIO().start());
    }

    private static List<String> command(JavaFinder.Java java, String[] arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.executable.getPath());
        // A class path, unlike -jar, does not bring the manifest's Enable-Native-Access.
        command.add("--enable-native-access=ALL-UNNAMED");
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("farm.")) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.add("-D" + RELAUNCHED + "=true");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Launcher.class.getName());
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Waits for the child, which must not outlive this process when that is told to end. */
    private static int await(final Process child) throws InterruptedException {
        Thread ender = new Thread(new Runnable() {
            @Override
            public void run() {
                end(child);
            }
        }, "farm-child-ender");
        try {
            Runtime.getRuntime().addShutdownHook(ender);
        } catch (IllegalStateException alreadyEnding) {
            end(child);
        }
        return child.waitFor();
    }

    private static void end(Process child) {
        child.destroy();
        try {
            if (!child.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
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
