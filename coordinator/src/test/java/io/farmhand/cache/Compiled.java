package io.farmhand.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** Functions of source text, which tests compile; each in a class loader of its own. */
final class Compiled {
    private Compiled() {}

    /**
     * What {@code acme.Task.function()} gives.
     *
     * @param sources the name of a class each, and its text
     */
    @SuppressWarnings("unchecked")
    static RemoteFunction<Integer, Integer> function(Path directory, String... sources) throws Exception {
        URLClassLoader loader = new URLClassLoader(new URL[]{compile(directory, sources).toUri().toURL()},
                Compiled.class.getClassLoader());
        Object function = loader.loadClass("acme.Task").getMethod("function").invoke(null);
        return (RemoteFunction<Integer, Integer>) function;
    }

    private static Path compile(Path directory, String... sources) throws IOException {
        Path root = Files.createTempDirectory(directory, "sources");
        Path classes = Files.createDirectory(root.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-g", "-nowarn", "-proc:none", "-d", classes.toString(), "-cp",
                System.getProperty("java.class.path")));
        for (int i = 0; i < sources.length; i += 2) {
            Path file = root.resolve(sources[i].replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, sources[i + 1]).toString());
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .as("compiles").isZero();
        return classes;
    }
}
