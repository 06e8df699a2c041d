package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.code.ShellVariables.Variable;
import io.farmhand.internal.task.ClassBundle;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which variables of jshell code reads. The sources are as jshell makes them of snippets. */
class ShellVariablesTest {
    private static final String[] SESSION = {
            "REPL.$JShell$1", "package REPL; class $JShell$1 { public static int factor;"
                    + " public static Object do_it$() { int factor_ = 3; return factor = factor_; } }",
            "REPL.$JShell$2", "package REPL; class $JShell$2 { public static Object pool;"
                    + " public static Object do_it$() { return pool = new Object(); } }",
            "REPL.$JShell$3", "package REPL; class $JShell$3 {"
                    + " public static int twice(int n) { return 2 * n * $JShell$4.other; } public static int plain(int n) { return n; } }",
            "REPL.$JShell$4", "package REPL; class $JShell$4 { public static int other; public static int unread; }",
            "REPL.$JShell$5", "package REPL; class $JShell$5 { public static class P {"
                    + " public int x() { return $JShell$1.factor; } public static class Unrelated { int y() { return $JShell$4.unread; } } } }",
            "REPL.$JShell$6", "package REPL; import java.util.function.*; class $JShell$6 {"
                    + " public static Object do_it$() { Object p = $JShell$2.pool; return p.hashCode(); }"
                    + " public static int direct(int n) { return n * $JShell$1.factor; }"
                    + " public static int byMethod(int n) { return $JShell$3.twice(n); }"
                    + " public static int byReference(int n) { IntUnaryOperator f = $JShell$3::twice; return f.applyAsInt(n); }"
                    + " public static int byLambda(int n) { Supplier<Integer> s = () -> n + $JShell$1.factor; return s.get(); }"
                    + " public static int byClass(int n) { return new $JShell$5.P().x(); }"
                    + " public static int byType(Object o) { return o instanceof $JShell$5.P ? 1 : 0; }"
                    + " public static int recursive(int n) { return n == 0 ? $JShell$1.factor : recursive(n - 1); }"
                    + " public static int none(int n) { return $JShell$3.plain(n) + Math.abs(n); }"
                    + " public static void writes(int n) { $JShell$4.unread = n; } }"};

    private static final ClassBundle BUNDLE = new ClassBundle(1, new TreeMap<>(SourceLoader.compile(SESSION)));

    private static Set<String> readBy(String method) {
        String descriptor = switch (method) {
            case "byType" -> "(Ljava/lang/Object;)I";
            case "writes" -> "(I)V";
            default -> "(I)I";
        };
        return names(ShellVariables.readBy(BUNDLE, "REPL.$JShell$6", method, descriptor));
    }

    private static Set<String> names(Set<Variable> variables) {
        return variables.stream().map(Variable::name).collect(Collectors.toSet());
    }

    @Test
    void thoseThatABodyReads() {
        assertThat(readBy("direct")).containsExactly("factor");
        assertThat(readBy("recursive")).containsExactly("factor");
        assertThat(ShellVariables.readBy(BUNDLE, "REPL.$JShell$6", "direct", "(I)I"))
                .containsExactly(new Variable("REPL.$JShell$1", "factor"));
    }

    @Test
    void thoseThatWhatItCallsReads() {
        assertThat(readBy("byMethod")).containsExactly("other");
        assertThat(readBy("byReference")).containsExactly("other");
        assertThat(readBy("byLambda")).containsExactly("factor");
        assertThat(readBy("byClass")).containsExactly("factor");
    }

    @Test
    void notThoseThatOnlyTheSnippetItselfReads() {
        assertThat(readBy("none")).isEmpty();
        assertThat(readBy("writes")).isEmpty();
    }

    @Test
    void thoseOfAClassThatIsSent() {
        assertThat(names(ShellVariables.readBy(BUNDLE, "REPL.$JShell$5$P"))).containsExactly("factor");
        assertThat(ShellVariables.readBy(BUNDLE, "REPL.$JShell$6")).as("a snippet's").isEmpty();
    }

    @Test
    void elsewhereStaticFieldsAreNoVariables() {
        ClassBundle program = new ClassBundle(1, new TreeMap<>(SourceLoader.compile("Main",
                "class Main { static int field; static int read(int n) { return field; } }")));
        assertThat(ShellVariables.readBy(program, "Main", "read", "(I)I")).isEmpty();
        assertThat(ShellVariables.readBy(program, "Main")).isEmpty();
    }
}
