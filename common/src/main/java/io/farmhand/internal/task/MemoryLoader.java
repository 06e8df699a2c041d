package io.farmhand.internal.task;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Defines classes that exist in memory only, before the class path's of the same name, as their first loader does. It takes
 * more of them as they come, as long as none differs from what it has, so that all tasks of a pool find the same class, with
 * its static fields, under a name.
 *
 * <p>It gives the bytes of its classes, too: for a pool that is made in a task, and for who looks into a lambda.
 *
 * <p><b>Concurrency.</b> A concurrent map, to which entries are added and never changed; classes are defined under the lock
 * of their name, as the JDK's own loaders do.
 */
public final class MemoryLoader extends ClassLoader {
    private static final String PROTOCOL = "farmhand-memory";
    private static final String SUFFIX = ".class";

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> classes = new ConcurrentHashMap<>();

    /** Makes one without classes, whose parent is the class path. */
    public MemoryLoader() {
        super("farm-memory", ClassLoader.getSystemClassLoader());
    }

    /** Whether these may be added. */
    public boolean accepts(Map<String, byte[]> more) {
        return more.entrySet().stream().allMatch(each -> {
            byte[] known = classes.get(each.getKey());
            return known == null || Arrays.equals(known, each.getValue());
        });
    }

    /** Adds classes. */
    public void add(Map<String, byte[]> more) {
        more.forEach(classes::putIfAbsent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!classes.containsKey(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    // ---- their bytes ----

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? super.getResource(name) : own;
    }

    @Override
    protected @Nullable URL findResource(String name) {
        if (!name.endsWith(SUFFIX)) {
            return null;
        }
        byte[] bytes = classes.get(name.substring(0, name.length() - SUFFIX.length()).replace('/', '.'));
        if (bytes == null) {
            return null;
        }
        try {
            return URL.of(new URI(PROTOCOL, null, "/" + name, null), new BytesHandler(bytes));
        } catch (URISyntaxException | MalformedURLException e) {
            throw new AssertionError("the name of a class is a path", e);
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL own = findResource(name);
        return own == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(own));
    }

    private static final class BytesHandler extends URLStreamHandler {
        private final byte[] bytes;

        BytesHandler(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() throws IOException {
                    connected = true;
                }

                @Override
                public InputStream getInputStream() {
                    return new ByteArrayInputStream(bytes);
                }

                @Override
                public long getContentLengthLong() {
                    return bytes.length;
                }
            };
        }
    }
}
