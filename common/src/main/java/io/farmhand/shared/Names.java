package io.farmhand.shared;

import io.farmhand.internal.home.ObjectKey;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of shared memory: the home that keeps it, and its number there. */
final class Names {
    private static final Pattern NAME = Pattern.compile("(/.*/farmhand-[^/]+)/(\\d{1,9})");

    private Names() {}

    static String of(ObjectKey key) {
        return key.file().toString();
    }

    static ObjectKey key(String name) {
        Matcher parts = NAME.matcher(Objects.requireNonNull(name, "name"));
        if (!parts.matches()) {
            throw new IllegalArgumentException("It is no name of shared memory: name=" + name
                    + ". The one who made it says its name: name()");
        }
        return new ObjectKey(Path.of(parts.group(1)).toString(), Integer.parseInt(parts.group(2)));
    }
}
