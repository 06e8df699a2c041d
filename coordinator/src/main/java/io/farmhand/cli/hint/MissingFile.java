package io.farmhand.cli.hint;

import io.farmhand.internal.hint.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Says of a file that is not there which one beside it was probably meant. */
public final class MissingFile {
    private MissingFile() {}

    /**
     * Gives nothing if the file or directory exists, else what to tell the user.
     *
     * @param name a path, relative to the working directory
     */
    public static Optional<String> check(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            return Optional.of("not a path: " + e.getMessage());
        }
        if (!name.isEmpty() && Files.exists(path)) {
            return Optional.empty();
        }
        return Optional.of("no such file: '" + name + "'"
                + nearest(path).map(near -> "; did you mean '" + near + "'?").orElse(""));
    }

    private static Optional<String> nearest(Path path) {
        Path name = path.getFileName();
        Path parent = path.getParent();
        if (name == null) {
            return Optional.empty();
        }
        try (Stream<Path> siblings = Files.list(parent == null ? Path.of("") : parent)) {
            return NearestName.of(name.toString(), siblings.map(sibling -> String.valueOf(sibling.getFileName())))
                    .map(near -> path.resolveSibling(near).toString());
        } catch (IOException unreadable) {
            return parent == null ? Optional.empty() : nearest(parent).filter(near -> !Files.exists(parent));
        }
    }
}
