package io.farmhand;

/**
 * How many items of a job are sent together. More at a time cost fewer messages; fewer spread better over the workers.
 */
public sealed interface ChunkSizing {
    /**
     * The default: about four chunks for each worker where the size of the input is known or it is read to its end
     * first, as in CPython's {@code Pool.map}; one item at a time for lazy calls, as in its {@code imap}.
     */
    static ChunkSizing standard() {
        return new Standard();
    }

    /**
     * Always the same.
     *
     * @param items how many items each chunk has, at least 1
     * @throws IllegalArgumentException when it is less than 1
     */
    static ChunkSizing fixed(int items) {
        return new Fixed(items);
    }

    /**
     * By how long chunks take: they grow and shrink so that each takes between 0.2 and 2 seconds, and at most two for
     * each worker are under way. The rule and its constants are joblib's ({@code AutoBatchingMixin} in
     * {@code joblib/_parallel_backends.py}, BSD 3-clause licence).
     */
    static ChunkSizing adaptive() {
        return new Adaptive();
    }

    /** The default rule; see {@link #standard}. */
    record Standard() implements ChunkSizing {}

    /**
     * Always the same; see {@link #fixed}.
     *
     * @param items how many, at least 1
     */
    record Fixed(int items) implements ChunkSizing {
        /** Checks it. */
        public Fixed {
            if (items < 1) {
                throw new IllegalArgumentException("chunkSize=" + items + " is not at least 1");
            }
        }
    }

    /** By time; see {@link #adaptive}. */
    record Adaptive() implements ChunkSizing {}
}
