package io.farmhand.examples;

import static io.farmhand.Parallel.delayed;

import io.farmhand.Parallel;
import java.io.Serializable;
import java.util.List;

/**
 * How are the rows of a table transformed with joblib's {@code Parallel} and {@code delayed}? One task for each row.
 *
 * <p>Prints:
 *
 * <pre>
 * Scored[name=Ann, score=9.0]
 * Scored[name=Bob, score=4.0]
 * Scored[name=Eve, score=12.25]
 * </pre>
 */
public final class RowTransform {
    private RowTransform() {}

    /** A row. */
    record Row(String name, double points) implements Serializable {}

    /** A row that was transformed. */
    record Scored(String name, double score) implements Serializable {}

    /** What is done with each row. */
    static Scored score(Row row) {
        return new Scored(row.name(), row.points() * row.points());
    }

    /** Transforms three rows. */
    public static void main(String[] args) {
        List<Row> table = List.of(new Row("Ann", 3), new Row("Bob", 2), new Row("Eve", 3.5));
        // Parallel(n_jobs=2)(delayed(score)(row) for row in table)
        List<Scored> scored = Parallel.jobs(2).run(table.stream().map(row -> delayed(RowTransform::score, row)));
        scored.forEach(System.out::println);
    }
}
