package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles source text and has the classes in memory only, as the launcher of single-file programs and jshell do. */
final class SourceLoader extends ClassLoader {
    private final Map<String, byte[]> classes;
    private final Map<String, byte[]> declared = new HashMap<>();

    private SourceLoader(Map<String, byte[]> classes) {
        super(SourceLoader.class.getClassLoader());
        this.classes = classes;
    }

    /** @param sources the name of a class each, and its source */
    static SourceLoader of(String... sources) {
        return new SourceLoader(compile(sources)).declareAll();
    }

    /** One that has the same. */
    static SourceLoader copy(SourceLoader other) {
        return new SourceLoader(other.classes).declareAll();
    }

    /** One that tells nobody of its classes before they are loaded. */
    static SourceLoader lazy(String... sources) {
        return new SourceLoader(compile(sources));
    }

    /** Changes what it says of classes, as jshell does when it has redefined them. */
    void redeclare(String... sources) {
        declared.putAll(compile(sources));
    }

    /** Says nothing of a class any more. */
    void conceal(String name) {
        declared.remove(name);
    }

    private SourceLoader declareAll() {
        declared.putAll(classes);
        return this;
    }

    Map<String, byte[]> classes() {
        return classes;
    }

    static Map<String, byte[]> compile(String... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> made = new TreeMap<>();
        List<JavaFileObject> units = new ArrayList<>();
        for (int i = 0; i < sources.length; i += 2) {
            String text = sources[i + 1];
            units.add(new SimpleJavaFileObject(URI.create("string:///" + sources[i].replace('.', '/') + ".java"),
                    JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreErrors) {
                    return text;
                }
            });
        }
        JavaFileManager files = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
                    FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("bytes:///" + name), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return made.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        assertThat(compiler.getTask(null, files, null, List.of("-g", "-proc:none"), null, units).call()).isTrue();
        Map<String, byte[]> classes = new TreeMap<>();
        made.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        declared.put(name, bytes);
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        byte[] bytes = declared.get(name.replace('/', '.').replaceFirst("\\.class$", ""));
        if (bytes == null) {
            return null;
        }
        try {
            return URL.of(new URI("memory", null, "/" + name, null), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {}

                        @Override
                        public InputStream getInputStream() {
                            return new ByteArrayInputStream(bytes);
                        }
                    };
                }
            });
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
