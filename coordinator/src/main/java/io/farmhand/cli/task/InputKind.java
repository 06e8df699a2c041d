package io.farmhand.cli.task;

import io.farmhand.cli.hint.MissingFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an input may be read as, in the order in which overloads are preferred. */
public enum InputKind {
    /** A file or directory that exists. */
    PATH(Path.class) {
        @Override
        Object parse(String text) throws IOException {
            return existing(text);
        }
    },
    /** As {@link #PATH}, for older methods. */
    FILE(File.class) {
        @Override
        Object parse(String text) throws IOException {
            return existing(text).toFile();
        }
    },
    /** The input as it is. */
    STRING(String.class) {
        @Override
        Object parse(String text) {
            return text;
        }
    },
    /** A whole number. */
    LONG(long.class, Long.class) {
        @Override
        Object parse(String text) {
            return Long.valueOf(text.strip());
        }
    },
    /** A whole number of 32 bits. */
    INT(int.class, Integer.class) {
        @Override
        Object parse(String text) {
            return Integer.valueOf(text.strip());
        }
    },
    /** A number. */
    DOUBLE(double.class, Double.class) {
        @Override
        Object parse(String text) {
            return Double.valueOf(text.strip());
        }
    },
    /** The words true and false, in either case. */
    BOOLEAN(boolean.class, Boolean.class) {
        @Override
        Object parse(String text) {
            return switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new NumberFormatException();
            };
        }
    };

    private final Class<?> type;
    private final Class<?> box;

    InputKind(Class<?> type) {
        this(type, type);
    }

    InputKind(Class<?> type, Class<?> box) {
        this.type = type;
        this.box = box;
    }

    /** The kind that a parameter of this type takes, if any. */
    public static Optional<InputKind> of(Class<?> type) {
        return Arrays.stream(values()).filter(kind -> type == kind.type || type == kind.box).findFirst();
    }

    abstract Object parse(String text) throws IOException;

    /**
     * Reads an input.
     *
     * @throws IllegalArgumentException if it is not of this kind
     * @throws NoSuchFileException if it names a file that is not there
     */
    Object read(String text) throws IOException {
        try {
            return parse(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not " + (this == INT ? "an " : "a ") + type);
        }
    }

    private static Path existing(String text) throws NoSuchFileException {
        Optional<String> missing = MissingFile.check(text);
        if (missing.isPresent()) {
            throw new NoSuchFileException(missing.get());
        }
        return Path.of(text);
    }
}
