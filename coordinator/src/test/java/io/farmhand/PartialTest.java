package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.task.Bound;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteTriFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialTest {
    private static String join(String a, int b, double c) {
        return a + b + c;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T copy(T value) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }

    @Test
    void fixesTheFirstArguments() throws Exception {
        RemoteBiFunction<Integer, Double, String> two = Partial.of(PartialTest::join, "a");
        RemoteFunction<Double, String> one = Partial.of(PartialTest::join, "a", 1);
        RemoteCallable<String> none = Partial.of(PartialTest::join, "a", 1, 2.0);
        RemoteFunction<Integer, Integer> larger = Partial.of(Math::max, 7);
        RemoteCallable<Integer> largest = Partial.of(Math::max, 7, 9);
        RemoteCallable<Integer> absolute = Partial.of(Math::abs, -7);
        assertThat(List.of(two.apply(1, 2.0), one.apply(2.0), none.call())).containsOnly("a12.0");
        assertThat(List.of(larger.apply(3), largest.call(), absolute.call())).containsExactly(7, 9, 7);
    }

    @Test
    void bindsWhatIsAFunctionAlready() throws Exception {
        RemoteTriFunction<String, Integer, Double, String> join = PartialTest::join;
        assertThat(join.bind("a").bind(1).bind(2.0).call()).isEqualTo("a12.0");
        assertThat(join.bind("a", 1).apply(2.0)).isEqualTo("a12.0");
        assertThat(join.bind("a").bind(1, 2.0).call()).isEqualTo("a12.0");
        assertThat(join.bind("a", 1, 2.0).call()).isEqualTo("a12.0");
    }

    @Test
    void nestsFlat() {
        RemoteTriFunction<String, Integer, Double, String> join = PartialTest::join;
        RemoteCallable<String> bound = Partial.of(Partial.of(Partial.of(join, "a"), 1), 2.0);
        assertThat(bound).isInstanceOfSatisfying(Bound.class, flat -> {
            assertThat(flat.function()).isSameAs(join);
            assertThat(flat.arguments()).containsExactly("a", 1, 2.0);
        });
    }

    @Test
    void travels() throws Exception {
        assertThat(copy(Partial.of(PartialTest::join, "a")).bind(1).apply(2.0)).isEqualTo("a12.0");
        assertThat(copy(Parallel.delayed(PartialTest::join, "a", 1, 2.0)).call()).isEqualTo("a12.0");
        RemoteFunction<@Nullable Object, String> print = String::valueOf;
        assertThat(copy(print.bind(null)).call()).isEqualTo("null");
    }

    @Test
    void tasksOfOneFunctionShareIt() throws Exception {
        RemoteFunction<Integer, Integer> negate = n -> -n;
        RemoteFunction<Integer, Integer> twice = n -> 2 * n;
        SharedCall shared = SharedCall.like(Partial.of(negate, 1));
        assertThat(shared.item(Partial.of(negate, 5))).isEqualTo(5);
        assertThat(shared.apply(5)).isEqualTo(-5);
        RemoteCallable<Integer> other = Partial.of(twice, 5);
        assertThat(shared.item(other)).isSameAs(other);
        assertThat(shared.apply(other)).isEqualTo(10);

        RemoteBiFunction<Integer, Integer, Integer> max = Math::max;
        SharedCall ofTwo = SharedCall.like(Partial.of(max, 1, 2));
        assertThat(ofTwo.item(Partial.of(max, 3, 4))).isEqualTo(List.of(3, 4));
        assertThat(copy(ofTwo).apply(ofTwo.item(Partial.of(max, 3, 4)))).isEqualTo(4);

        RemoteFunction<RemoteCallable<Integer>, String> name = task -> "a task";
        RemoteCallable<Integer> argument = () -> 1;
        SharedCall ofTasks = SharedCall.like(Partial.of(name, argument));
        assertThat(ofTasks.apply(ofTasks.item(Partial.of(name, argument)))).isEqualTo("a task");

        RemoteCallable<Integer> lambda = () -> 3;
        assertThat(SharedCall.like(lambda).apply(SharedCall.like(lambda).item(lambda))).isEqualTo(3);
    }
}
