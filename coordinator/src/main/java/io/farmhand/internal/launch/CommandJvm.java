package io.farmhand.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the command line's own JVM is started when a launcher starts it, and the AOT cache of that: the same for the
 * launcher, who uses the cache, and for those who make it. Stateless.
 */
public final class CommandJvm {
    /** The jar's main class. Named, since nothing here knows the command line. */
    public static final String MAIN = "io.farmhand.cli.Launcher";
    /** Is true in a JVM that a launcher has started. */
    public static final String RELAUNCHED = "farm.relaunched";
    /** Names the cache that the command line's JVM should have had, for which it is to be made. */
    public static final String WANTED = "farmhand.aot.wanted";

    private static final Path OWN_COMMAND = Paths.get("/proc/self/cmdline");
    private static final List<String> WITH_VALUE = Arrays.asList("-cp", "-classpath", "--class-path", "-jar");
    private static final int PRINTABLE = 0x7f;

    private CommandJvm() {}

    /** The options of such a JVM. */
    public static List<String> options() {
        List<String> options = new ArrayList<>(Arrays.asList("--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED", "-D" + RELAUNCHED + "=true"));
        options.addAll(NettySettings.quickStart()); // no code of the user's runs here
        return options;
    }

    /** The options by which a JVM uses a cache; its complaints would be in the user's output. */
    public static List<String> using(Path cache) {
        return Arrays.asList("-XX:AOTCache=" + cache, "-Xlog:aot*=off");
    }

    /** The name of the cache for this JVM and the jar; null where there are to be none. */
    public static @Nullable Path name(Path javaHome, Path jar) {
        Path directory = AotFile.directory();
        return directory == null
                ? null
                : directory.resolve(AotFile.key(javaHome, Collections.singletonList(jar), "command " + options()));
    }

    /**
     * What this JVM's user gave it besides the class path and the main class.
     *
     * @param arguments how many the main class was given
     * @return null where that cannot be told, or where some of it may not go with a cache that was made without
     */
    public static @Nullable List<String> ownOptions(int arguments) {
        for (String name : Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            if (System.getenv(name) != null) { // a second JVM would say again on standard error that it has seen them
                return null;
            }
        }
        try {
            return options(new String(Files.readAllBytes(OWN_COMMAND), StandardCharsets.ISO_8859_1), arguments);
        } catch (IOException e) { // not Linux
            return null;
        }
    }

    static @Nullable List<String> options(String commandLine, int arguments) {
        String[] words = commandLine.split("\0", -1); // the last one is empty
        List<String> options = new ArrayList<>();
        int at = 1;
        int end = words.length - 1 - arguments;
        while (at < end) {
            String word = words[at];
            if (WITH_VALUE.contains(word)) {
                at++;
            } else if (AotFile.isHarmless(word) && isPlain(word)) {
                options.add(word);
            } else if (at != end - 1 || !word.equals(MAIN)) {
                return null;
            }
            at++;
        }
        return at == end ? options : null;
    }

    /** Another encoding would come out as another text. */
    private static boolean isPlain(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) >= PRINTABLE) {
                return false;
            }
        }
        return true;
    }
}
