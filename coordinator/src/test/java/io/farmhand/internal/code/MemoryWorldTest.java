package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.task.ClassBundle;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which classes travel with one that exists in memory only. */
@NullUnmarked
class MemoryWorldTest {
    @TempDir
    Path directory;

    private static ClassBundle bundle(SourceLoader loader, String root) throws ClassNotFoundException {
        MemoryBundle bundle = MemoryWorld.of(loader).bundle(Class.forName(root, false, loader));
        return bundle == null ? null : bundle.classes();
    }

    @Test
    void allThatAClassNamesComesAlong() throws Exception {
        SourceLoader loader = SourceLoader.of("p.Main", """
                package p;
                import java.util.*;
                public class Main<T extends Bound> extends Base implements Face {
                    List<InSignature> list;
                    InArray[][] array;
                    static final Runnable LAMBDA = () -> Called.call();
                    static final java.util.function.Supplier<Object> REFERENCE = Referred::new;
                    @Noted void method(Parameter p) throws Thrown {
                        Object local = new Local();
                        if (local instanceof Tested) { throw new Thrown(); }
                        try { hash(Literal.class); } catch (Caught e) { }
                        Runnable anonymous = new Runnable() { public void run() { new InAnonymous(); } };
                        class InMethod { }
                        switch (Color.RED) { case RED -> {} default -> {} }
                        long n = Field.VALUE.hashCode();
                    }
                    static int hash(Object o) { return o.hashCode(); }
                    static class Nested { Deeper deeper; static class Unused {} }
                    class Inner {}
                    enum Kind { ONE { } }
                    sealed interface Shape permits Circle {}
                    record Circle(Component c) implements Shape {}
                }
                class Base { Transitive t; }
                class Transitive {}
                interface Face {}
                interface Bound {}
                class InSignature {} class InArray {} class Called { static void call() {} } class Referred {}
                class Parameter {} class Thrown extends Exception {} class Local {} class Tested {} class Literal {}
                class Caught extends RuntimeException {} class InAnonymous {} class Deeper {} class Component {}
                enum Color { RED }
                class Field { static Object VALUE; }
                @interface Noted {}
                class Unrelated { Main<?> main; }
                """);
        ClassBundle bundle = bundle(loader, "p.Main");
        List<String> expected = loader.classes().keySet().stream().filter(name -> !name.equals("p.Unrelated")).toList();
        assertThat(expected).hasSizeGreaterThan(30);
        assertThat(bundle.classes().keySet()).containsExactlyElementsOf(expected);
        bundle.classes().forEach((name, bytes) -> assertThat(bytes).isEqualTo(loader.classes().get(name)));
    }

    @Test
    void aNestedClassBringsItsHost() throws Exception {
        SourceLoader loader = SourceLoader.of("Main", """
                public class Main { private static int secret; static class Nested { int get() { return secret; } } }
                """);
        assertThat(bundle(loader, "Main$Nested").classes()).containsOnlyKeys("Main", "Main$Nested");
    }

    @Test
    void whatTheClassPathHasStays() throws Exception {
        SourceLoader loader = SourceLoader.of("Main", """
                public class Main { io.farmhand.Pool pool; org.assertj.core.api.Assertions other; java.sql.Date date; }
                """);
        assertThat(bundle(loader, "Main").classes()).containsOnlyKeys("Main");
    }

    @Test
    void theSameClassesAreTheSameBundleAndChangedOnesAnother() throws Exception {
        SourceLoader loader = SourceLoader.of("Main", "public class Main { Other other; }", "Other", "class Other {}");
        ClassBundle first = bundle(loader, "Main");
        assertThat(bundle(loader, "Main")).isSameAs(first);
        loader.redeclare("Other", "class Other { int more; Third third; } class Third {}");
        ClassBundle second = bundle(loader, "Main");
        assertThat(second.classes()).containsOnlyKeys("Main", "Other", "Third");
        assertThat(second.world()).isEqualTo(first.world());
        assertThat(second.encode()).isNotEqualTo(first.encode());
    }

    @Test
    void twoLoadersAreTwoWorlds() throws Exception {
        SourceLoader one = SourceLoader.of("Main", "public class Main {}");
        SourceLoader other = SourceLoader.copy(one);
        assertThat(bundle(one, "Main").world()).isNotEqualTo(bundle(other, "Main").world());
    }

    @Test
    void whatIsCompiledWhenItIsNeededIsLoadedForIt() throws Exception {
        SourceLoader loader = SourceLoader.lazy("Main", "public class Main { Other other; Gone gone; }", "Other",
                "class Other {}", "Gone", "class Gone {}");
        loader.classes().remove("Gone");
        assertThat(bundle(loader, "Main").classes()).containsOnlyKeys("Main", "Other");
    }

    @Test
    void classesThatAreInFilesAreForTheClassPath() throws Exception {
        Jars jar = Jars.jar().with("Main.class", SourceLoader.compile("Main", "public class Main {}").get("Main"));
        for (Path place : List.of(jar.to(directory.resolve("my.jar")), jar.toDirectory(directory.resolve("classes")))) {
            try (URLClassLoader loader = new URLClassLoader(new URL[]{place.toUri().toURL()})) {
                assertThat(MemoryWorld.of(loader).bundle(loader.loadClass("Main"))).isNull();
            }
        }
    }

    @Test
    void aLoaderThatDoesNotGiveTheBytesHasNone() throws Exception {
        SourceLoader loader = SourceLoader.of("Main", "public class Main { Other other; }", "Other", "class Other {}");
        Class<?> main = Class.forName("Main", false, loader);
        loader.conceal("Main");
        assertThat(MemoryWorld.of(loader).bundle(main)).isNull();
    }

    @Test
    void theirLoaderCanBeCollected() throws Exception {
        WeakReference<ClassLoader> loader = use();
        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
        }
        assertThat(loader.get()).isNull();
    }

    private static WeakReference<ClassLoader> use() throws ClassNotFoundException {
        SourceLoader loader = SourceLoader.of("Main", "public class Main {}");
        assertThat(bundle(loader, "Main")).isNotNull();
        return new WeakReference<>(loader);
    }
}
