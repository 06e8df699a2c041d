package io.farmhand.cli;

import io.farmhand.cli.hint.MissingFile;
import io.farmhand.internal.hint.NearestName;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The user's jars and class directories, to look a class up in.
 *
 * <p>Classes are loaded but never initialized: no code of the user's runs in this process.
 */
final class ClassPath implements AutoCloseable {
    private static final String SUFFIX = ".class";
    /** What the JVM says of a class file of a newer Java. */
    private static final Pattern TOO_NEW = Pattern
            .compile("(\\S+) has been compiled by a more recent version .*\\(class file version (\\d+)\\.0\\)");
    /** The version of class files of Java 1; each Java since has the next one. */
    private static final int BEFORE_FIRST = 44;

    private final List<Path> entries;
    private final URLClassLoader loader;

    private ClassPath(List<Path> entries, URLClassLoader loader) {
        this.entries = entries;
        this.loader = loader;
    }

    /**
     * Reads the values of {@code --jar}, each one path or several as in a class path.
     *
     * @return the entries, absolute since a worker may have another directory
     */
    static List<Path> parse(List<String> values) {
        List<Path> entries = new ArrayList<>();
        for (String value : values) {
            for (String name : new File(value).exists() ? new String[]{value} : value.split(File.pathSeparator)) {
                if (!name.isEmpty()) {
                    MissingFile.check(name).ifPresent(missing -> {
                        throw new UsageException("--jar: " + missing);
                    });
                    entries.add(checked(Path.of(name)));
                }
            }
        }
        return entries;
    }

    private static Path checked(Path entry) {
        if (Files.isRegularFile(entry)) {
            try (JarFile jar = new JarFile(entry.toFile())) {
                assert jar.size() >= 0;
            } catch (IOException e) {
                throw new UsageException("--jar: not a jar: '" + entry + "': " + e.getMessage());
            }
        }
        return entry.toAbsolutePath();
    }

    /** Opens the entries behind the class path of this process. */
    static ClassPath open(List<Path> entries) {
        try {
            List<URL> urls = new ArrayList<>();
            for (Path entry : entries) {
                urls.add(entry.toUri().toURL());
            }
            return new ClassPath(entries,
                    new URLClassLoader("farm-jars", urls.toArray(URL[]::new), ClassPath.class.getClassLoader()));
        } catch (MalformedURLException e) {
            throw new UsageException("--jar: " + e.getMessage());
        }
    }

    /**
     * Finds a class, without initializing it.
     *
     * @param name as in a source file: the dots before a nested class may be dots or dollars
     */
    Class<?> find(String name) {
        String candidate = name;
        while (true) {
            try {
                return Class.forName(candidate, false, loader);
            } catch (ClassNotFoundException e) {
                int dot = candidate.lastIndexOf('.');
                if (dot < 0) {
                    throw unknown(name);
                }
                candidate = candidate.substring(0, dot) + "$" + candidate.substring(dot + 1);
            } catch (UnsupportedClassVersionError e) {
                throw tooNew(candidate, e);
            } catch (LinkageError e) {
                throw new UsageException("class " + candidate + " cannot be loaded: " + e
                        + "; is a jar missing from --jar?");
            }
        }
    }

    /** @param name of the class that was asked for; what is too new may be one that it needs */
    private UsageException tooNew(String name, UnsupportedClassVersionError error) {
        Matcher told = TOO_NEW.matcher(String.valueOf(error.getMessage()));
        if (!told.lookingAt()) { // it uses preview features
            return new UsageException("class " + name + " cannot be loaded: " + error.getMessage());
        }
        String file = told.group(1) + SUFFIX;
        String where = entries.stream().filter(entry -> has(entry, file)).findFirst()
                .map(entry -> String.valueOf(entry.getFileName())).orElse("the class path");
        int own = Runtime.version().feature();
        int java = Integer.parseInt(told.group(2)) - BEFORE_FIRST;
        return new UsageException("class " + told.group(1).replace('/', '.') + " in " + where
                + " was compiled for java=" + java + ", and this is java=" + own + "; compile it with --release " + own
                + ", or run on Java " + java);
    }

    private static boolean has(Path entry, String file) {
        if (!Files.isRegularFile(entry)) {
            return Files.exists(entry.resolve(file));
        }
        try (JarFile jar = new JarFile(entry.toFile())) {
            return jar.getEntry(file) != null;
        } catch (IOException e) {
            return false; // it was a jar a moment ago
        }
    }

    private UsageException unknown(String name) {
        String where = entries.isEmpty()
                ? "the class path"
                : entries.stream().map(Path::getFileName)
                        .map(String::valueOf).collect(Collectors.joining(", "));
        String hint = nearest(name).map(near -> "; did you mean " + near + "?")
                .orElse(entries.isEmpty() ? "; name its jar with --jar" : "");
        return new UsageException("no class " + name + " in " + where + hint);
    }

    /** The class whose name, or else whose name without its package, is nearest. */
    private Optional<String> nearest(String name) {
        List<String> names = classNames();
        String simple = simpleName(name);
        Predicate<String> sameSimpleName = other -> simpleName(other).equalsIgnoreCase(simple);
        return names.stream().filter(sameSimpleName).findFirst().or(() -> ofJavaLang(name))
                .or(() -> NearestName.of(name, names.stream()))
                .or(() -> NearestName.of(simple, names.stream().map(ClassPath::simpleName))
                        .flatMap(near -> names.stream().filter(other -> simpleName(other).equals(near)).findFirst()));
    }

    private static Optional<String> ofJavaLang(String name) {
        return Optional.ofNullable(Class.forName(Object.class.getModule(), "java.lang." + name)).map(Class::getName);
    }

    private List<String> classNames() {
        List<String> names = new ArrayList<>();
        for (Path entry : entries) {
            try {
                if (Files.isDirectory(entry)) {
                    try (Stream<Path> files = Files.walk(entry)) {
                        files.map(file -> entry.relativize(file).toString().replace(File.separatorChar, '/'))
                                .forEach(file -> addClass(file, names));
                    }
                } else {
                    try (JarFile jar = new JarFile(entry.toFile())) {
                        jar.versionedStream().forEach(file -> addClass(file.getName(), names));
                    }
                }
            } catch (IOException | UncheckedIOException unreadable) {
                // No suggestion from there.
            }
        }
        return names;
    }

    private static void addClass(String file, List<String> names) {
        if (file.endsWith(SUFFIX) && !file.endsWith("-info.class") && !file.matches(".*\\$\\d+.*")) {
            names.add(file.substring(0, file.length() - SUFFIX.length()).replace('/', '.').replace('$', '.'));
        }
    }

    private static String simpleName(String name) {
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
