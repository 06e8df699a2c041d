package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.cli.task.MethodTask;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetMethodTest {
    private static final String TASKS = "io.farmhand.cli.task.Tasks";

    private final ClassPath classPath = ClassPath.open(List.of());

    @AfterEach
    void closeClassPath() {
        classPath.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {TASKS + "::twice", TASKS + "#twice", TASKS + ".twice"})
    void findsAMethodHoweverItIsWritten(String name) {
        assertThat(find(name).method().getParameterTypes()).containsExactly(int.class);
    }

    @Test
    void prefersPathAmongOverloads() {
        assertThat(find(TASKS + "::over").method().getParameterTypes()).containsExactly(Path.class);
    }

    @Test
    void prefersLongAmongNumbers() {
        assertThat(find(TASKS + "::number").method().getParameterTypes()).containsExactly(long.class);
        assertThat(find("java.lang.Math::abs").method().getParameterTypes()).containsExactly(long.class);
    }

    @Test
    void findsANestedClassByItsSourceNameWithoutInitializingIt() {
        assertThat(find(TASKS + ".Nested::hidden").task(null, ',').getClass()).isEqualTo(MethodTask.class);
    }

    @Test
    void knowsAMethodWithoutResult() {
        assertThat(find(TASKS + "::quiet").isVoid()).isTrue();
        assertThat(find(TASKS + "::text").isVoid()).isFalse();
    }

    @Test
    void namesTheNearestStaticMethod() {
        assertUsage(TASKS + "::twcie", "no static method twcie in class " + TASKS + "; did you mean twice?");
    }

    @Test
    void takesNoInstanceMethod() {
        assertUsage(TASKS + "::member", "no static method member");
    }

    @Test
    void listsTheSignaturesWhereNoneFits() {
        assertUsage(TASKS + "::two", "there is only two(String, String)");
        assertUsage(TASKS + "::none", "there is only none()");
    }

    @Test
    void namesTheClassOfJavaLangThatWasMeant() {
        assertUsage("Math::abs", "no class Math in the class path; did you mean java.lang.Math?");
    }

    @Test
    void explainsANameWithoutMethod() {
        assertUsage("Score", "'Score' names no method: write Class::method");
    }

    private TargetMethod find(String name) {
        return TargetMethod.find(MethodName.parse(name), classPath, InputOptions.Format.WORDS, 1);
    }

    private void assertUsage(String name, String message) {
        assertThatThrownBy(() -> find(name)).isInstanceOf(UsageException.class).hasMessageContaining(message);
    }
}
