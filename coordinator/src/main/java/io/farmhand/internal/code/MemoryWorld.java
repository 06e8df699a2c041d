package io.farmhand.internal.code;

import io.farmhand.internal.task.ClassBundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a class loader whose classes exist in memory only, as those of a single-file source program or of jshell
 * do. Their bytes are had by {@link ClassLoader#getResource}.
 *
 * <p><b>Which loaders.</b> Not the JVM's own, and none that finds its classes in files or jars: workers have those on their
 * class path, or are to be given them there. So a class is one of these if its loader says that its bytes are somewhere
 * else.
 *
 * <p><b>Concurrency.</b> Concurrent maps of what was found, of which nothing depends on the order. No lock is held while
 * the loader, which is not ours, is asked. One does not refer to its loader, so that the loader can be collected.
 */
public final class MemoryWorld {
    private static final Set<String> IN_FILES = Set.of("file", "jar", "jrt");
    private static final Map<ClassLoader, MemoryWorld> WORLDS = new WeakHashMap<>(); // guarded by itself
    /** More hold memory in a long session of jshell; fewer are put together again in a program of many classes. */
    private static final int MOST_BUNDLES = 100;
    private static final AtomicLong LAST_NUMBER = new AtomicLong();

    private final long number = LAST_NUMBER.incrementAndGet();
    private final Map<String, MemoryBundle> bundles = new ConcurrentHashMap<>();
    /** Names that stand for classes of other loaders. */
    private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();

    private MemoryWorld() {}

    /** That of a loader. */
    public static MemoryWorld of(ClassLoader loader) {
        synchronized (WORLDS) {
            return WORLDS.computeIfAbsent(loader, _ -> new MemoryWorld());
        }
    }

    /**
     * A class with all of the same loader that it needs, as they are now: jshell changes classes.
     *
     * @param root a class of this world's loader
     * @return null if it does not exist in memory only, or its loader does not give its bytes
     */
    public @Nullable MemoryBundle bundle(Class<?> root) {
        ClassLoader loader = root.getClassLoader();
        String name = root.getName();
        if (root.isHidden() || elsewhere.contains(name)) {
            return null;
        }
        MemoryBundle known = bundles.get(name);
        if (known != null && isCurrent(known.classes(), loader)) {
            return known;
        }
        URL location = loader.getResource(resource(name));
        if (location == null) {
            return null;
        }
        if (IN_FILES.contains(location.getProtocol())) {
            elsewhere.add(name);
            return null;
        }
        byte[] bytes = read(location);
        if (bytes == null) {
            return null;
        }
        MemoryBundle made = MemoryBundle.of(close(name, bytes, loader));
        if (bundles.size() >= MOST_BUNDLES) {
            bundles.clear(); // of jshell most are used once
        }
        bundles.put(name, made);
        return made;
    }

    private boolean isCurrent(ClassBundle bundle, ClassLoader loader) {
        return bundle.classes().entrySet().stream()
                .allMatch(each -> Arrays.equals(each.getValue(), read(loader.getResource(resource(each.getKey())))));
    }

    private ClassBundle close(String root, byte[] rootBytes, ClassLoader loader) {
        SortedMap<String, byte[]> classes = new TreeMap<>();
        classes.put(root, rootBytes);
        Deque<byte[]> open = new ArrayDeque<>();
        open.add(rootBytes);
        Set<String> seen = new HashSet<>(Set.of(root));
        for (byte[] next = open.poll(); next != null; next = open.poll()) {
            for (String name : ClassReferences.of(next)) {
                byte[] bytes = seen.add(name) ? find(name, loader) : null;
                if (bytes != null) {
                    classes.put(name, bytes);
                    open.add(bytes);
                }
            }
        }
        return new ClassBundle(number, classes);
    }

    /** The bytes of a class if the loader defines it itself, be it from a file: no class path of a worker has that. */
    private byte @Nullable [] find(String name, ClassLoader loader) {
        if (elsewhere.contains(name)) {
            return null;
        }
        URL location = loader.getResource(resource(name));
        if (location != null && !IN_FILES.contains(location.getProtocol())) {
            return read(location);
        }
        if (location != null && isSame(location, parent(loader).getResource(resource(name)))) {
            elsewhere.add(name);
            return null;
        }
        // Perhaps it was not loaded yet: of a program of several source files each is compiled when it is needed first.
        return isDefinedBy(loader, name) ? read(loader.getResource(resource(name))) : null;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isDefinedBy(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader).getClassLoader() == loader;
        } catch (ClassNotFoundException | LinkageError e) {
            return false; // named, and perhaps never needed
        }
    }

    private static ClassLoader parent(ClassLoader loader) {
        ClassLoader parent = loader.getParent();
        return parent == null ? ClassLoader.getPlatformClassLoader() : parent;
    }

    /** As text: URLs are compared by asking for the addresses of hosts. */
    private static boolean isSame(URL one, @Nullable URL other) {
        return other != null && one.toExternalForm().equals(other.toExternalForm());
    }

    private static String resource(String name) {
        return name.replace('.', '/') + ".class";
    }

    private static byte @Nullable [] read(@Nullable URL location) {
        if (location == null) {
            return null;
        }
        try {
            URLConnection connection = location.openConnection();
            connection.setUseCaches(false);
            try (InputStream in = connection.getInputStream()) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            return null; // as if there were none: whoever reads the value says that the class is missing
        }
    }
}
