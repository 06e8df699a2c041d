package io.farmhand;

import io.farmhand.internal.serial.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * An input of a job, of whatever kind it was.
 *
 * @param items pulled once, lazily
 * @param size how many items there are, or -1 when that is not known beforehand
 */
record Input(Iterator<?> items, long size) {
    private static final long UNKNOWN = -1;

    static Input of(Iterable<?> items) {
        Objects.requireNonNull(items, "items");
        return new Input(items.iterator(), items instanceof Collection<?> sized ? sized.size() : UNKNOWN);
    }

    static Input of(@Nullable Object[] items) {
        Objects.requireNonNull(items, "items");
        return new Input(Arrays.asList(items).iterator(), items.length);
    }

    static Input of(Iterator<?> items) {
        return new Input(Objects.requireNonNull(items, "items"), UNKNOWN);
    }

    static Input of(BaseStream<?, ?> items) {
        Objects.requireNonNull(items, "items");
        Spliterator<?> spliterator = items.spliterator();
        return new Input(Spliterators.iterator(spliterator), spliterator.getExactSizeIfKnown());
    }

    static Input single(@Nullable Object item) {
        List<@Nullable Object> one = new ArrayList<>(1);
        one.add(item);
        return new Input(one.iterator(), 1);
    }

    /**
     * Two inputs in step: it ends with the shorter one.
     *
     * @throws IllegalArgumentException when both sizes are known and differ
     */
    static Input zip(Input first, Input second) {
        if (first.size >= 0 && second.size >= 0 && first.size != second.size) {
            throw new IllegalArgumentException(
                    "the two inputs are not of one length: first=%d second=%d; cut the longer one, or pass it as an iterator"
                            .formatted(first.size, second.size));
        }
        Iterator<Pair> pairs = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return first.items.hasNext() && second.items.hasNext();
            }

            @Override
            public Pair next() {
                return new Pair(first.items.next(), second.items.next());
            }
        };
        return new Input(pairs, first.size >= 0 && second.size >= 0 ? first.size : UNKNOWN);
    }

    /** The same input with a known size; one of unknown size is read to its end for that. */
    Input sized() {
        if (size >= 0) {
            return this;
        }
        List<@Nullable Object> all = new ArrayList<>();
        items.forEachRemaining(all::add);
        return new Input(all.iterator(), all.size());
    }
}
