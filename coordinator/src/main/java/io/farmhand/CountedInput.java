package io.farmhand;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An input that tells the report what is pulled from it, and gives it as items. Pulled by one thread. */
record CountedInput<T>(Iterator<? extends T> input, Function<? super T, ? extends @Nullable Object> item,
        ParallelReport report) implements Iterator<@Nullable Object> {
    @Override
    public boolean hasNext() {
        boolean more = input.hasNext();
        if (!more) {
            report.exhausted();
        }
        return more;
    }

    @Override
    public @Nullable Object next() {
        T next = input.next();
        report.dispatched(1);
        return item.apply(next);
    }
}
