package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to the culprit is named as a user would point at it. */
class ExplainerTest {
    private static final String HERE = ExplainerTest.class.getName();
    private static final String SESSION = HERE + "$Session";

    /** Holds on to something that lives in one process. Nothing here may be called. */
    static final class Session {
        @Override
        public boolean equals(@Nullable Object other) {
            throw new AssertionError();
        }

        @Override
        public int hashCode() {
            throw new AssertionError();
        }

        @Override
        public String toString() {
            throw new AssertionError();
        }

        int ask(int question) {
            return question;
        }
    }

    record Customer(String name, Session session) implements Serializable {}

    static class Order implements Serializable {
        final int number = 1;
        transient Session hidden = new Session();
        final Customer customer = new Customer("Ann", new Session());
    }

    static class Basket implements Serializable {
        final Map<String, List<Object>> shelves = new HashMap<>();
    }

    static final class Ring implements Serializable {
        Object next = this;
    }

    /** Writes its good part, then throws. */
    static final class Thrower implements Serializable {
        final String how;
        final List<String> good = List.of("a");
        int depth;

        Thrower(String how) {
            this.how = how;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            switch (how) {
                case "good" -> depth = 0;
                case "runtime" -> throw new IllegalStateException("closed");
                case "refuse" -> throw new NotSerializableException("not I");
                case "wrap" -> {
                    try {
                        out.writeObject(new Session());
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
                default -> dig();
            }
        }

        @SuppressWarnings("InfiniteRecursion") // A saboteur.
        private void dig() {
            depth++;
            dig();
        }
    }

    static final class Replaced implements Serializable {
        @Nullable
        Session session;

        Object writeReplace() {
            if (session != null) {
                return "replaced";
            }
            throw new IllegalStateException("no replacement");
        }
    }

    static final class Report implements RemoteCallable<Integer> {
        private final Session connection = new Session();

        @Override
        public Integer call() {
            return connection.ask(1);
        }
    }

    /** Not serializable, and makes lambdas that need it. */
    static final class Screen {
        final int width = 3;

        RemoteFunction<Integer, Integer> function() {
            return x -> x + width;
        }
    }

    private static UnwritableValueException failure(Object value) {
        UnwritableValueException failure = catchThrowableOfType(UnwritableValueException.class,
                () -> Codec.encode(value));
        assertThat(failure).isNotNull();
        assertThat(failure.getCause()).isNotNull();
        return failure;
    }

    private static String path(Object value) {
        return failure(value).path();
    }

    @Test
    void aLambdaThatCapturesALocalIsNamedByItsLineAndTheVariable() {
        long offset = System.nanoTime();
        double scale = 2;
        Session connection = new Session();
        int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
        RemoteFunction<Integer, Double> function = x -> connection.ask(x) + offset * scale;
        UnwritableValueException failure = failure(function);
        assertThat(failure.path())
                .isEqualTo("lambda at ExplainerTest.java:" + line + " -> captured 'connection' -> " + SESSION);
        assertThat(failure).hasMessage("Cannot serialize " + RemoteFunction.class.getName() + " lambda in " + HERE
                + ": " + failure.path() + " is not Serializable. Make it Serializable, mark the field transient,"
                + " or create it inside the function.");
        assertThat(Explainer.explain(function, Objects.requireNonNull(failure.getCause()))).isEqualTo(failure.path());
    }

    @Test
    void aLambdaThatCapturesThisSaysSo() {
        assertThat(path(new Screen().function())).matches(
                "lambda at ExplainerTest.java:\\d+ -> captured 'this' \\(" + HERE.replace(".", "\\.") + "\\$Screen\\)");
    }

    /** Serializable, but for what it holds. */
    static final class Desk implements Serializable {
        final Session connection = new Session();

        RemoteFunction<Integer, Integer> function() {
            return x -> connection.ask(x);
        }
    }

    @Test
    void whoCapturesThisIsToldHowNotTo() {
        for (Object function : List.of(new Screen().function(), new Desk().function())) {
            assertThat(failure(function)).hasMessageContaining("copy the fields that it uses to local variables")
                    .hasMessageContaining("make its method static").hasMessageNotContaining("transient");
        }
    }

    @Test
    void theFieldOfACapturedThisIsNamed() {
        assertThat(path(new Desk().function()))
                .endsWith(" -> captured 'this' (" + HERE + "$Desk).connection -> " + SESSION);
    }

    @Test
    void withoutDebugTablesACapturedValueIsNamedByItsNumber(@TempDir Path directory) throws Exception {
        Path source = Files.writeString(directory.resolve("Bare.java"), """
                public class Bare {
                    public static java.io.Serializable make(Object first, Object second) {
                        return (Runnable & java.io.Serializable) () -> System.out.println(first + "" + second);
                    }
                }
                """);
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-g:none", "-proc:none", "-d",
                directory.toString(), source.toString());
        assertThat(status).isZero();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{directory.toUri().toURL()})) {
            Object function = loader.loadClass("Bare").getMethod("make", Object.class, Object.class).invoke(null,
                    "fine", new Session());
            assertThat(path(function)).isEqualTo("lambda in Bare -> captured argument 2 -> " + SESSION);
        }
    }

    @Test
    void theWayGoesOnBehindACapturedThisAndACapturedList() {
        Order order = new Order();
        List<Object> orders = new ArrayList<>(List.of(1, order));
        RemoteFunction<Integer, Object> function = x -> orders.get(x);
        assertThat(path(function)).endsWith(" -> captured 'orders'[1] -> " + HERE + "$Order.customer -> " + HERE
                + "$Customer.session -> " + SESSION);
    }

    @Test
    void aMethodReferenceIsNamedByItsMethodAndReceiver() {
        Session session = new Session();
        RemoteFunction<Integer, Integer> function = session::ask;
        assertThat(path(function))
                .isEqualTo("method reference " + SESSION + "::ask -> bound receiver (" + SESSION + ")");
    }

    @Test
    void aLambdaOfAnInterfaceThatIsNotSerializableSaysSo() {
        Supplier<Integer> supplier = () -> 1;
        RemoteCallable<Integer> function = () -> supplier.get();
        UnwritableValueException failure = failure(function);
        assertThat(failure.path())
                .endsWith(" -> captured 'supplier' -> java.util.function.Supplier lambda in " + HERE);
        assertThat(failure).hasMessageContaining("Declare its type as an interface that extends Serializable");
        assertThat(path(supplier)).isEqualTo("java.util.function.Supplier lambda in " + HERE);
    }

    @Test
    void anAnonymousClassSaysWhatItCaptured() {
        Session connection = new Session();
        RemoteCallable<Integer> function = new RemoteCallable<>() {
            @Override
            public Integer call() {
                return connection.ask(1);
            }
        };
        assertThat(path(function)).matches(HERE.replace(".", "\\.")
                + "\\$\\d+ -> captured '(connection' -> .*Session|this' \\(.*ExplainerTest\\))");
    }

    @Test
    void fieldsRecordsListsAndMapsAreNamedOnTheWay() {
        assertThat(path(new Order())).isEqualTo(
                HERE + "$Order.customer -> " + HERE + "$Customer.session -> " + SESSION);
        assertThat(path(new Report())).isEqualTo(HERE + "$Report.connection -> " + SESSION);
        Basket basket = new Basket();
        basket.shelves.put("top", List.of());
        basket.shelves.put("low", new ArrayList<>(List.of(1, 2, 3, new Customer("x", new Session()))));
        assertThat(path(basket)).isEqualTo(
                HERE + "$Basket.shelves['low'][3] -> " + HERE + "$Customer.session -> " + SESSION);
        assertThat(path(new ArrayList<>(List.of(1, new Session())))).isEqualTo("java.util.ArrayList[1] -> " + SESSION);
        assertThat(path(new Object[]{null, new Session()})).isEqualTo("java.lang.Object[1] -> " + SESSION);
        assertThat(path(Map.of("k", new AtomicReference<>(new Session())))).endsWith("['k'].value -> " + SESSION);
        assertThat(path(new Pair(new Order(), new Order()))).startsWith("pair.first -> " + HERE + "$Order.customer");
        assertThat(path(new IllegalStateException("x", new Failure()))).endsWith("Failure.session -> " + SESSION);
        assertThat(path(new Object[]{Collections.unmodifiableList(new ArrayList<>(List.of(new Session())))}))
                .isEqualTo("java.lang.Object[0][0] -> " + SESSION);
    }

    static final class Failure extends RuntimeException {
        final Session session = new Session();
    }

    @Test
    void theSecondOfTwoAlikeIsNotMistakenForTheFirst() {
        assertThat(path(new ArrayList<>(List.of(new Thrower("good"), new Thrower("runtime")))))
                .isEqualTo("java.util.ArrayList[1] -> " + HERE + "$Thrower");
    }

    @Test
    void aGraphWithACycleIsWalkedOnce() {
        Ring first = new Ring();
        Ring second = new Ring();
        first.next = second;
        second.next = new Object[]{first, new Session()};
        assertThat(path(first)).isEqualTo(HERE + "$Ring.next -> " + HERE + "$Ring.next[1] -> " + SESSION);
    }

    @Test
    void aWriteObjectThatThrowsIsNamedWithWhatItThrew() {
        UnwritableValueException failure = failure(new ArrayList<>(List.of("x", new Thrower("runtime"))));
        assertThat(failure.path()).isEqualTo("java.util.ArrayList[1] -> " + HERE + "$Thrower");
        assertThat(failure).hasMessageContaining("threw java.lang.IllegalStateException while it was written, at ")
                .hasMessageContaining("Thrower.writeObject(ExplainerTest.java:").hasMessageContaining(": closed.")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(failure(List.of(List.of(), new Thrower("refuse")))).hasMessageContaining(": not I.");
        assertThat(path(List.of(List.of(), new Replaced()))).endsWith("[1] -> " + HERE + "$Replaced");
        assertThat(path(new Thrower("wrap"))).isEqualTo(HERE + "$Thrower -> … -> " + SESSION);
    }

    @Test
    void aCulpritThatTheJdkHidesIsStillNamed() {
        Comparator<String> backwards = (left, right) -> right.compareTo(left);
        UnwritableValueException failure = failure(new TreeMap<>(backwards));
        assertThat(failure.path()).isEqualTo("java.util.TreeMap -> … -> java.util.Comparator lambda in " + HERE);
        assertThat(failure).hasMessageContaining("Declare its type as an interface that extends Serializable");
    }

    /** Adds to the list that it is in. */
    static final class Intruder implements Serializable {
        private final List<Object> host;

        Intruder(List<Object> host) {
            this.host = host;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            host.add("more");
            out.writeObject("the last that was begun");
        }
    }

    @Test
    void aClassOfTheJdkThatThrowsIsAccusedAndNotWhatItHolds() {
        List<Object> list = new ArrayList<>();
        list.add(new Intruder(list));
        UnwritableValueException failure = failure(new Object[]{"first", list});
        assertThat(failure.path()).isEqualTo("java.lang.Object[1] -> java.util.ArrayList");
        assertThat(failure)
                .hasMessageContaining("threw java.util.ConcurrentModificationException while it was written");
    }

    @Test
    void recursionWithoutEndIsToldFromOtherTrouble() {
        assertThat(failure(new Thrower("dig"))).hasMessageContaining("the stack overflowed")
                .hasCauseInstanceOf(StackOverflowError.class);
        Ring chain = new Ring();
        for (int i = 0; i < 200_000; i++) {
            Ring next = new Ring();
            next.next = chain;
            chain = next;
        }
        assertThat(failure(chain)).hasMessageContaining("nested so deeply").message().hasSizeLessThan(3_000)
                .containsPattern("… \\d+ more …");
    }

    @Test
    void theExplainerItselfNeverThrows() {
        assertThat(Explainer.explain(null, new IllegalStateException())).isEqualTo("null");
        NotSerializableException refusal = new NotSerializableException(SESSION);
        refusal.setStackTrace(new StackTraceElement[0]);
        assertThat(Explainer.explain("text", refusal)).isEqualTo("java.lang.String -> … -> " + SESSION);
        assertThat(Explainer.explain(new Session(), new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException();
            }
        })).isEqualTo(SESSION);
    }
}
