package io.farmhand.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An interpreter and what it has.
 *
 * @param path its command
 * @param version as it tells it
 * @param modules those of {@link #WANTED} that are installed
 */
record Python(String path, String version, Set<String> modules) {
    private static final List<String> WANTED = List.of("numpy", "pandas", "joblib");
    private static final List<String> USUAL = List.of("python3", "/usr/bin/python3");
    private static final String ASK = """
            import sys, platform
            from importlib.util import find_spec
            print(platform.python_version(), *[name for name in sys.argv[1:] if find_spec(name)])""";

    /** That one, or the one of the usual that has most of what is wanted; none where there is none. */
    static Optional<Python> find(Optional<String> path) {
        return path.map(List::of).orElse(USUAL).stream().flatMap(each -> ask(each).stream())
                .reduce((first, second) -> second.modules.size() > first.modules.size() ? second : first);
    }

    private static Optional<Python> ask(String path) {
        try {
            Process process = new ProcessBuilder(Stream.concat(Stream.of(path, "-c", ASK), WANTED.stream()).toList())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.onExit().join().exitValue() != 0) {
                return Optional.empty();
            }
            List<String> words = List.of(printed.split(" "));
            return Optional.of(new Python(path, words.getFirst(), Set.copyOf(words.subList(1, words.size()))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
