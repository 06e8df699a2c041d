package io.farmhand.cli.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResultTextTest {
    record Point(int x, double y) {}

    record Row(String name, Optional<Point> point, LocalDate day, TimeUnit unit, @Nullable Object nothing) {}

    static Stream<Arguments> renderings() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("b", 1);
        map.put(2, Arrays.asList("x", null));
        return Stream.of(arguments(null, "null"), arguments("plain \"text\"", "plain \"text\""),
                arguments(1.5, "1.5"), arguments(Double.NaN, "NaN"), arguments(Path.of("/a/b"), "/a/b"),
                arguments(Duration.ofSeconds(3), "PT3S"), arguments(TimeUnit.DAYS, "DAYS"),
                arguments(Optional.of("x"), "x"), arguments(Optional.empty(), "null"),
                arguments(OptionalInt.of(4), "4"), arguments(new Point(1, Double.NaN), "{\"x\":1,\"y\":null}"),
                arguments(Optional.of(new Point(1, 2)), "{\"x\":1,\"y\":2.0}"),
                arguments(new Row("é<&'\n", Optional.of(new Point(1, 2)), LocalDate.of(2026, 11, 20), TimeUnit.DAYS,
                        null),
                        "{\"name\":\"é<&'\\n\",\"point\":{\"x\":1,\"y\":2.0},\"day\":\"2026-11-20\",\"unit\":\"DAYS\","
                                + "\"nothing\":null}"),
                arguments(map, "{\"b\":1,\"2\":[\"x\",null]}"), arguments(new int[]{1, 2}, "[1,2]"),
                arguments(new Object[]{true, 'c', new BigDecimal("1e400"), Float.POSITIVE_INFINITY, Path.of("p")},
                        "[true,\"c\",1E+400,null,\"p\"]"),
                arguments(List.of(), "[]"), arguments(List.of(List.of(1L), Map.of()), "[[1],{}]"));
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void rendersStructuresAsJsonAndAllElseAsText(@Nullable Object value, String text) {
        assertThat(ResultText.of(value)).isEqualTo(text);
    }

    @Test
    void failsOnAResultThatHoldsItself() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        assertThatThrownBy(() -> ResultText.of(self)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nested deeper than");
    }
}
