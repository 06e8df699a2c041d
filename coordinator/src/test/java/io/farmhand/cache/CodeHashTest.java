package io.farmhand.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteFunction;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed code has another hash, and the same code has the same. */
class CodeHashTest {
    private static final String TASK = """
            package acme;
            import io.farmhand.task.RemoteFunction;
            public class Task {
                public static RemoteFunction<Integer, Integer> function() {
                    return x -> helper(x);
                }
                static int helper(int x) {
                    return new Nested().of(x) + Elsewhere.of(x);
                }
                static class Nested {
                    int of(int x) {
                        return new Object() { int square() { return x * x; } }.square();
                    }
                }
            }
            """;
    private static final String ELSEWHERE = """
            package acme;
            class Elsewhere {
                static int of(int x) {
                    return 0;
                }
            }
            """;

    @TempDir
    Path directory;

    private String hash(String task, String elsewhere) throws Exception {
        return id(Compiled.function(directory, "acme.Task", task, "acme.Elsewhere", elsewhere)).hash();
    }

    private static FunctionId id(RemoteFunction<?, ?> function) {
        return FunctionId.of(function, "apply");
    }

    private String changed(String from, String to) throws Exception {
        assertThat(TASK).contains(from);
        return hash(TASK.replace(from, to), ELSEWHERE);
    }

    @Test
    void theSameCodeHasTheSameHashInEachLoader() throws Exception {
        assertThat(hash(TASK, ELSEWHERE)).isEqualTo(hash(TASK, ELSEWHERE)).hasSize(64);
    }

    @Test
    void commentsAndBlankLinesDoNotCount() throws Exception {
        assertThat(changed("static int helper", "/* it helps */\n\n\n    static int helper"))
                .isEqualTo(hash(TASK, ELSEWHERE));
    }

    @Test
    void theLambdaItselfCounts() throws Exception {
        assertThat(changed("x -> helper(x)", "x -> helper(x) + 1")).isNotEqualTo(hash(TASK, ELSEWHERE));
    }

    @Test
    void aHelperOfTheSameClassCounts() throws Exception {
        assertThat(changed("Elsewhere.of(x)", "Elsewhere.of(x + 1)")).isNotEqualTo(hash(TASK, ELSEWHERE));
    }

    @Test
    void aClassNestedInANestedOneCounts() throws Exception {
        assertThat(changed("x * x", "x * x * x")).isNotEqualTo(hash(TASK, ELSEWHERE));
    }

    @Test
    void anotherClassDoesNotCount() throws Exception {
        assertThat(hash(TASK, ELSEWHERE.replace("return 0", "return 1"))).isEqualTo(hash(TASK, ELSEWHERE));
    }

    @Test
    void aNestedFunctionKnowsWhatIsAroundIt() throws Exception {
        String nested = TASK.replace("return x -> helper(x);", "return Lambda.make();").replace("static class Nested",
                """
                        static class Lambda {
                                static RemoteFunction<Integer, Integer> make() {
                                    return x -> helper(x);
                                }
                            }
                            static class Nested""");
        assertThat(hash(nested.replace("x * x", "x * x * x"), ELSEWHERE)).isNotEqualTo(hash(nested, ELSEWHERE));
    }

    // ---- names ----

    /** A function that is an object. */
    record Adding(int summand) implements RemoteFunction<Integer, Integer> {
        @Override
        public Integer apply(Integer item) {
            return item + summand;
        }
    }

    private static int doubled(int x) {
        return 2 * x;
    }

    @Test
    void namesTheMethod() {
        RemoteFunction<Integer, Integer> reference = CodeHashTest::doubled;
        RemoteFunction<Integer, Integer> lambda = x -> 2 * x;
        assertThat(id(reference).name()).isEqualTo("io.farmhand.cache.CodeHashTest.doubled");
        assertThat(id(lambda).name()).startsWith("io.farmhand.cache.CodeHashTest.lambda$namesTheMethod$");
        assertThat(id(new Adding(1)).name()).isEqualTo("io.farmhand.cache.CodeHashTest$Adding.apply");
        RemoteFunction<Integer, Integer> ofTheJdk = Math::abs;
        assertThat(id(ofTheJdk).name()).isEqualTo("java.lang.Math.abs");
    }

    @Test
    void whatIsCapturedCounts() {
        assertThat(id(adding(1)).hash()).isEqualTo(id(adding(1)).hash()).isNotEqualTo(id(adding(2)).hash());
        assertThat(id(new Adding(1)).hash()).isEqualTo(id(new Adding(1)).hash())
                .isNotEqualTo(id(new Adding(2)).hash());
    }

    private static RemoteFunction<Integer, Integer> adding(int summand) {
        return x -> x + summand;
    }

    @Test
    void aCapturedFunctionCounts() {
        assertThat(id(twice(adding(1))).hash()).isEqualTo(id(twice(adding(1))).hash())
                .isNotEqualTo(id(twice(adding(2))).hash()).isNotEqualTo(id(twice(CodeHashTest::doubled)).hash());
    }

    private static RemoteFunction<Integer, Integer> twice(RemoteFunction<Integer, Integer> function) {
        return x -> function.apply(function.apply(x));
    }

    @Test
    void refusesWhatCannotBeHashed() {
        Object lock = new Object();
        RemoteFunction<Integer, Integer> function = x -> x + lock.hashCode();
        assertThatThrownBy(() -> id(function)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void longAndStrangeNamesAreFiles() {
        assertThat(FunctionId.fileName("lambda$main$0")).isEqualTo("lambda$main$0");
        assertThat(FunctionId.fileName("größe")).isEqualTo("gr%00f6%00dfe");
        assertThat(FunctionId.fileName("..")).isEqualTo("%002e.");
        assertThat(FunctionId.fileName("x".repeat(1000))).hasSizeLessThan(255)
                .isNotEqualTo(FunctionId.fileName("x".repeat(1001)));
    }
}
